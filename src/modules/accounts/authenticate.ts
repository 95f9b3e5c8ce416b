import type { Services, Viewer } from '../../kernel/context.js';
import { AppError } from '../../kernel/errors.js';
import { revokedSessionsPart } from './revoked-sessions.js';
import { tokenRevoked, tokensPart } from './tokens.js';

/** Who asks. `authError` says why a token that was sent is not accepted; with one, the viewer is a guest. */
export interface Authentication {
  readonly viewer: Viewer | null;
  readonly authError: AppError | null;
}

/** Reads an access token, as it stands behind `Bearer`, or null where there was none. Spends no query. */
export async function authenticate(services: Services, bearerToken: string | null): Promise<Authentication> {
  if (bearerToken === null) return { viewer: null, authError: null };
  try {
    const claims = await services.parts.get(tokensPart).verify('access', bearerToken);
    const { userId: id, userType, sessionId, expiresAt: tokenExpiresAt } = claims;
    const revoked = services.parts.get(revokedSessionsPart);
    await revoked.beginning;
    if (revoked.has(sessionId)) throw tokenRevoked();
    return { viewer: { id, userType, sessionId, tokenExpiresAt }, authError: null };
  } catch (error) {
    if (error instanceof AppError) return { viewer: null, authError: error };
    throw error;
  }
}

/** Calls `listener` for each session that is revoked, on whatever node, until the returned function is called. */
export function onSessionRevoked(services: Services, listener: (sessionId: string) => void): () => void {
  return services.parts.get(revokedSessionsPart).onAdded(listener);
}
