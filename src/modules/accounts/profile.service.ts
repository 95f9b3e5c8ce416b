import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { InputCheck } from '../../kernel/text.js';
import { write } from '../../kernel/unit-of-work.js';
import { lockAccount } from './living-account.js';
import type { Profile } from './user.entity.js';
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
    const user = await lockAccount(tx, viewer.id);
    if (Object.keys(changes).length > 0) user.changeProfile(changes, tx.clock.now());
    return user.id;
  });
}
