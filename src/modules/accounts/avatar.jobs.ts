import { sweepOrphans } from '../../kernel/stored-files.js';

/** Pictures that no account shows. */
export const sweepAvatars = sweepOrphans('sweep-avatars', 'avatars', {
  table: 'users',
  column: 'avatar_key',
});
