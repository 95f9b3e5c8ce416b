export { AccountDeleted } from './account.events.js';
export { holdAccount } from './living-account.js';
export { User, UserType } from './user.entity.js';
export { displayNameOf } from './user.rules.js';
export { publicUserShape, userShape } from './user.shapes.js';
export { PublicUser, UserProfile } from './user.types.js';
