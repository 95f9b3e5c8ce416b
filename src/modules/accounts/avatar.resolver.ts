import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Ctx as Context } from '../../kernel/context.js';
import type { Row } from '../../kernel/reads.js';
import { URLScalar } from '../../kernel/scalars.js';
import { UserPayload } from './account.payloads.js';
import { UploadAvatarInput } from './avatar.inputs.js';
import { uploadAvatar } from './avatar.service.js';
import type { User } from './user.entity.js';
import { PublicUser, UserProfile } from './user.types.js';

const PICTURE = 'A square of 512 by 512 pixels in WebP; it never changes under its address.';

@Resolver()
export class AvatarResolver {
  @Mutation(() => UserPayload, {
    description:
      "Gives the viewer's account a picture, in the place of the one that it had. 60 an hour. Signed-in.",
  })
  async uploadAvatar(
    @Ctx() ctx: Context,
    @Arg('input', () => UploadAvatarInput, { description: 'The picture.' }) input: UploadAvatarInput,
  ): Promise<UserPayload> {
    return new UserPayload(await uploadAvatar(ctx, input));
  }
}

@Resolver(() => UserProfile)
export class UserProfileResolver {
  @FieldResolver(() => URLScalar, { nullable: true, description: `The person's picture. ${PICTURE}` })
  avatarUrl(@Root() user: Row<User>, @Ctx() ctx: Context): string | null {
    return avatarUrlOf(ctx, user);
  }
}

@Resolver(() => PublicUser)
export class PublicUserAvatarResolver {
  @FieldResolver(() => URLScalar, { nullable: true, description: `The person's picture. ${PICTURE}` })
  avatarUrl(@Root() user: Row<User>, @Ctx() ctx: Context): string | null {
    return avatarUrlOf(ctx, user);
  }
}

function avatarUrlOf(ctx: Context, { avatarKey }: Pick<User, 'avatarKey'>): string | null {
  return avatarKey === null ? null : ctx.storage.publicUrl(avatarKey);
}
