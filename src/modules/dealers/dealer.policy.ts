import { isAdmin } from '../../kernel/authorize.js';
import type { Viewer } from '../../kernel/context.js';

/** Licence number, reason of a rejection: what the dealer and the admins know of each other. */
export function maySeePrivateParts(
  viewer: Viewer | null,
  dealer: { readonly user: { readonly id: string } },
): boolean {
  return isAdmin(viewer) || viewer?.id === dealer.user.id;
}
