import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { Row } from '../../kernel/reads.js';
import { User } from './user.entity.js';
import { displayNameOf } from './user.rules.js';
import { PublicUser, UserProfile } from './user.types.js';

@Resolver(() => User)
export class UserResolver {
  @FieldResolver(() => UserProfile, { description: 'Name and place, out of the same row.' })
  profile(@Root() user: Row<User>): UserProfile {
    return user;
  }
}

@Resolver(() => PublicUser)
export class PublicUserResolver {
  @FieldResolver(() => String, {
    description:
      '"Ada L."; without a name, what the account is for: "Buyer". "Deleted user" once it is deleted.',
  })
  displayName(@Root() user: Row<User>): string {
    return displayNameOf(user);
  }
}
