import { LockMode } from '@mikro-orm/core';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { InputCheck } from '../../kernel/text.js';
import { write } from '../../kernel/unit-of-work.js';
import { tokenRevoked } from './tokens.js';
import { type Profile, User } from './user.entity.js';
import { checkProfile } from './user.rules.js';

/**
 * Changes what the viewer's profile names: what is left out stays, null and blank clear. Returns the account's id.
 * @throws AppError BAD_USER_INPUT with all that is wrong.
 */
export async function updateProfile(
  ctx: Ctx,
  input: { readonly [K in keyof Profile]?: Profile[K] | undefined },
): Promise<string> {
  const viewer = requireViewer(ctx);
  const check = new InputCheck();
  const changes = checkProfile(check, input);
  check.done();
  return write(ctx, async (tx) => {
    const own = { id: viewer.id, deletedAt: null };
    const user = await tx.em.findOne(User, own, { lockMode: LockMode.PESSIMISTIC_WRITE });
    // The account went while its token still lives.
    if (!user) throw tokenRevoked();
    if (Object.keys(changes).length > 0) user.changeProfile(changes, tx.clock.now());
    return user.id;
  });
}
