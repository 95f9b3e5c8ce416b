import type { Ctx, UserType, Viewer } from './context.js';
import { AppError, forbidden } from './errors.js';

/** The signed-in viewer, or the error that says why there is none. */
export function requireViewer(ctx: Pick<Ctx, 'viewer' | 'authError'>): Viewer {
  if (ctx.viewer) return ctx.viewer;
  throw ctx.authError ?? new AppError('UNAUTHENTICATED', 'Authentication credentials were not provided.');
}

/** The viewer, if it is of one of these types. */
export function requireType(ctx: Ctx, ...types: UserType[]): Viewer {
  const viewer = requireViewer(ctx);
  if (!types.includes(viewer.userType)) throw forbidden();
  return viewer;
}

export function isAdmin(viewer: Viewer | null): boolean {
  return viewer?.userType === 'ADMIN';
}
