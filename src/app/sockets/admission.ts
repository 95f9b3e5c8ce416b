import type { IncomingMessage } from 'node:http';
import type { Context } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Viewer } from '../../kernel/context.js';
import { authenticate } from '../../modules/accounts/module.js';
import type { Composed } from '../compose.js';
import { authorizationHeader, bearerOf, type Caller, userAgentOf } from '../context.js';
import type { TrustedProxies } from '../trusted-proxies.js';
import { closeCodes } from './close-codes.js';
import type { OpenSockets } from './open-sockets.js';
import type { SocketOperations } from './socket-operations.js';

/** What is known of a socket. */
export interface Kept {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** Names it in the log; its operations have ids of their own. */
  readonly requestId: string;
  readonly operations: SocketOperations;
  /** Who it is, from connection_init on. */
  caller?: Caller;
  expiry?: NodeJS.Timeout;
}

export type SocketContext = Context<Record<string, unknown> | undefined, Kept>;

/**
 * Reads the token of connection_init. A guest may come in; who shows a token that is not good may not, and who has as
 * many sockets as one may have, neither.
 */
export async function admit(
  { extra, connectionParams }: SocketContext,
  { services }: Composed,
  proxies: TrustedProxies,
  open: OpenSockets,
): Promise<boolean> {
  const { socket, request, requestId } = extra;
  const token = bearerOf(authorizationOf(connectionParams) ?? authorizationHeader(request));
  const { viewer, authError } = await authenticate(services, token);
  // It may have gone in the meantime, and nobody would give up its place.
  if (authError || socket.readyState !== socket.OPEN) return false;
  if (viewer && !open.take(viewer, socket)) {
    socket.close(closeCodes.tooMany, 'Too many sockets');
    return false;
  }
  extra.caller = {
    viewer,
    authError: null,
    ip: proxies.clientOf(request),
    userAgent: userAgentOf(request.headers['user-agent']),
    requestId,
    cutOff: (reason) => socket.close(closeCodes.tooSlow, reason),
  };
  if (viewer) extra.expiry = closeAtExpiry(socket, viewer, services.clock.now());
  return true;
}

/** Gives up the place of a socket that has closed, and ends what runs on it. */
export function leave({ socket, caller, expiry, operations }: Kept, open: OpenSockets): void {
  clearTimeout(expiry);
  if (caller?.viewer) open.release(caller.viewer, socket);
  operations.end();
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

function closeAtExpiry(socket: WebSocket, viewer: Viewer, now: Date): NodeJS.Timeout {
  const left = viewer.tokenExpiresAt.getTime() - now.getTime();
  return setTimeout(() => socket.close(closeCodes.forbidden, 'Token expired'), Math.max(0, left)).unref();
}
