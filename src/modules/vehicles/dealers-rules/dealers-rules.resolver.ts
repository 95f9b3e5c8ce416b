import { Ctx as Context, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import type { Row } from '../../../kernel/reads.js';
import { Vehicle } from '../vehicle.entity.js';
import { maySeeRules } from '../vehicle.policy.js';
import { NegotiationRules } from './dealers-rules.payloads.js';

@Resolver(() => Vehicle)
export class DealersRulesResolver {
  @FieldResolver(() => NegotiationRules, {
    nullable: true,
    description: "The owner's alone; null to everybody else, admins too.",
  })
  negotiationRules(@Root() vehicle: Row<Vehicle>, @Context() ctx: Ctx): NegotiationRules | null {
    if (!maySeeRules(ctx.viewer, vehicle)) return null;
    const { autoAcceptAt, autoDeclineBelow } = vehicle;
    return { autoAcceptAt, autoDeclineBelow };
  }
}
