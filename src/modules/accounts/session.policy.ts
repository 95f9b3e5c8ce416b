import type { Viewer } from '../../kernel/context.js';

/** One's own sessions, on whatever device, and nobody else's. */
export function mayEndSession(viewer: Pick<Viewer, 'id'>, session: { readonly userId: string }): boolean {
  return session.userId === viewer.id;
}
