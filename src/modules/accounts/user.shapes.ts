import { defineShape } from '../../kernel/reads.js';
import { User } from './user.entity.js';

/** An account for its owner: `User`, with the profile out of the same row. */
export const userShape = defineShape<User>({
  entity: User,
  needs: { profile: ['firstName', 'lastName', 'phone', 'city', 'state', 'postalCode', 'avatarKey'] },
});

/** The same rows for everybody else: `PublicUser`. Only what it is computed from is ever read. */
export const publicUserShape = defineShape<User>({
  entity: User,
  needs: { displayName: ['firstName', 'lastName', 'userType', 'deletedAt'], avatarUrl: ['avatarKey'] },
});
