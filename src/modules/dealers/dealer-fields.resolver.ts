import type { GraphQLResolveInfo } from 'graphql';
import { Ctx as Context, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../kernel/context.js';
import type { Row } from '../../kernel/reads.js';
import { DateTimeScalar } from '../../kernel/scalars.js';
import { selectionOf } from '../../kernel/selection.js';
import { User } from '../accounts/index.js';
import { Dealer } from './dealer.entity.js';
import { dealerForUser } from './dealer.loaders.js';
import { maySeePrivateParts } from './dealer.policy.js';

/** What of a dealer is computed, or not everybody's to see. The shape's `needs` name what is read for it. */
@Resolver(() => Dealer)
export class DealerFieldsResolver {
  @FieldResolver(() => Boolean, { description: 'Whether it may publish vehicles: its status is VERIFIED.' })
  isVerified(@Root() dealer: Row<Dealer>): boolean {
    return dealer.verificationStatus === 'VERIFIED';
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Of its licence to deal; null to all but its owner and admins.',
  })
  licenseNumber(@Root() dealer: Row<Dealer>, @Context() ctx: Ctx): string | null {
    // It is blank once the dealership has closed.
    return maySeePrivateParts(ctx.viewer, dealer) ? dealer.licenseNumber || null : null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Why it is REJECTED; null to all but its owner and admins.',
  })
  rejectionReason(@Root() dealer: Row<Dealer>, @Context() ctx: Ctx): string | null {
    return maySeePrivateParts(ctx.viewer, dealer) ? dealer.rejectionReason : null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What it told the admins when it submitted itself; null to all but its owner and admins.',
  })
  submissionNote(@Root() dealer: Row<Dealer>, @Context() ctx: Ctx): string | null {
    return maySeePrivateParts(ctx.viewer, dealer) ? dealer.submissionNote : null;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      'When it last came before the admins: by submitting itself, or by changing its name or licence after that. Null ' +
      'before the first time, and to all but its owner and admins.',
  })
  submittedAt(@Root() dealer: Row<Dealer>, @Context() ctx: Ctx): Date | null {
    return maySeePrivateParts(ctx.viewer, dealer) ? dealer.submittedAt : null;
  }
}

@Resolver(() => User)
export class UserDealerResolver {
  @FieldResolver(() => Dealer, { nullable: true, description: "A dealer's own business, once registered." })
  dealer(
    @Root() user: Pick<User, 'id'>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Dealer> | null> {
    return dealerForUser(ctx, user.id, selectionOf(info), info.fieldNodes);
  }
}
