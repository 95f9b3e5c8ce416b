import type { IncomingMessage } from 'node:http';
import { authenticate } from '../../modules/accounts/module.js';
import { authorizationHeader, bearerOf, type Caller, userAgentOf } from '../context.js';
import type { TrustedProxies } from '../trusted-proxies.js';
import { closeCodes } from './close-codes.js';
import type { SocketHouse } from './house.js';
import type { Line } from './line.js';

/** What is kept of the request that asked for a socket: a request with its headers weighs more than the socket. */
export interface Door {
  readonly authorization: string | undefined;
  readonly ip: string;
  readonly userAgent: string;
}

export function doorOf(request: IncomingMessage, proxies: TrustedProxies): Door {
  return {
    authorization: authorizationHeader(request),
    ip: proxies.clientOf(request),
    userAgent: userAgentOf(request.headers['user-agent']),
  };
}

/**
 * Reads the token of connection_init. A guest may come in; who shows a token that is not good may not, and who has as
 * many sockets as one may have, neither.
 */
export async function admit(
  { line, house, requestId }: { line: Line; house: SocketHouse; requestId: string },
  params: Record<string, unknown> | undefined,
  door: Door,
): Promise<Caller | null> {
  const { services } = house.composed;
  const token = bearerOf(authorizationOf(params) ?? door.authorization);
  const { viewer, authError } = await authenticate(services, token);
  // It may have gone in the meantime, and nobody would give up its place.
  if (authError || !line.isOpen) return null;
  if (viewer && !house.open.take(viewer, line.socket)) {
    line.close(closeCodes.tooMany, 'Too many sockets');
    return null;
  }
  if (viewer) house.expiries.add(line, viewer.tokenExpiresAt, services.clock.now());
  return {
    viewer,
    authError: null,
    ip: door.ip,
    userAgent: door.userAgent,
    requestId,
    cutOff: (reason) => line.cutOff(reason),
  };
}

/** Clients write the header's name in any case, at the top of the payload or under `headers`. */
function authorizationOf(params: Record<string, unknown> | undefined): string | undefined {
  for (const source of [params, params?.headers as Record<string, unknown> | undefined]) {
    for (const [key, value] of Object.entries(source ?? {})) {
      if (key.toLowerCase() === 'authorization' && typeof value === 'string') return value;
    }
  }
  return undefined;
}
