import { randomUUID } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { networkOf } from '../kernel/networks.js';
import { onSessionRevoked } from '../modules/accounts/module.js';
import type { Composed } from './compose.js';
import type { Caller } from './context.js';
import type { DocumentReader } from './document-reader.js';
import { OperationLog } from './operation-log.js';
import { Origins } from './origins.js';
import { admit, type Kept, leave, type SocketContext } from './sockets/admission.js';
import { closeCodes, GOODBYE_MS } from './sockets/close-codes.js';
import { lineOf } from './sockets/line.js';
import { OpenLines } from './sockets/open-lines.js';
import { OpenSockets } from './sockets/open-sockets.js';
import { Requests } from './sockets/requests.js';
import { running, SocketOperations } from './sockets/socket-operations.js';
import { isRefused, refuseCrowd, refuseHandshake } from './sockets/upgrade.js';
import type { TrustedProxies } from './trusted-proxies.js';

export interface SubscriptionServer {
  close(): Promise<void>;
}

/** Frames that one message may be cut into: a browser cuts one of 64 KB into a few. */
const MAX_FRAGMENTS = 64;

/** GraphQL over WebSocket (graphql-transport-ws) on the HTTP server's own port, at /graphql. */
export function serveSubscriptions(
  http: HttpServer,
  read: DocumentReader,
  composed: Composed,
  proxies: TrustedProxies,
): SubscriptionServer {
  const { config, services } = composed;
  const sockets = new WebSocketServer(optionsOf(config));
  const open = new OpenSockets(config.maxSocketsPerUser);
  const lines = new OpenLines(config.maxSocketsPerIp);
  const forget = onSessionRevoked(services, (sessionId) => open.closeSession(sessionId));
  const protocol = protocolOf(read, composed, proxies, open);
  const origins = new Origins(config);

  sockets.on('wsClientError', refuseHandshake);
  http.on('upgrade', (request: IncomingMessage, line: Duplex, head: Buffer) => {
    line.on('error', () => line.destroy());
    if (isRefused(request, line, origins)) return;
    if (!lines.take(networkOf(proxies.clientOf(request)), line)) return refuseCrowd(request, line);
    sockets.handleUpgrade(request, line, head, (socket) => {
      const requestId = randomUUID();
      const log = new OperationLog(services.log, requestId);
      const kept: Kept = { socket, request, requestId, operations: new SocketOperations() };
      const closed = protocol.opened(lineOf(socket, config, log), kept);
      socket.once('close', (code, reason) => {
        leave(kept, open);
        log.debug({ code }, 'socket closed');
        closed(code, String(reason)).catch((err: unknown) => log.error({ err }, 'a socket did not end'));
      });
    });
  });

  return {
    close() {
      forget();
      for (const socket of sockets.clients) socket.close(closeCodes.goingAway, 'Going away');
      return new Promise((resolve) => sockets.close(() => resolve()));
    },
  };
}

function optionsOf(config: Composed['config']) {
  // ws knows options that its types do not.
  return {
    noServer: true,
    handleProtocols,
    // Pongs are sent where messages are counted.
    autoPong: false,
    maxPayload: config.maxSocketMessageBytes,
    maxFragments: MAX_FRAGMENTS,
    closeTimeout: GOODBYE_MS,
  };
}

/** The dialogue of graphql-transport-ws, with what we think of each of its steps. */
function protocolOf(read: DocumentReader, composed: Composed, proxies: TrustedProxies, open: OpenSockets) {
  const { config } = composed;
  const requests = new Requests(composed);

  return makeServer<Record<string, unknown> | undefined, Kept>({
    connectionInitWaitTimeout: config.socketInitTimeoutMs,
    onConnect: (ctx) => admit(ctx as SocketContext, composed, proxies, open),
    onSubscribe: (ctx, _id, payload) => {
      const { socket, operations, caller } = ctx.extra as Kept;
      if (operations.count >= config.maxSubscriptionsPerSocket) {
        socket.close(closeCodes.tooMany, 'Too many operations');
        return [new GraphQLError('The socket is closed.')];
      }
      return operations.begin(payload, requests.begin(payload, caller as Caller), read, composed);
    },
    execute: running.execute,
    subscribe: running.subscribe,
    onNext: (_ctx, _id, payload, _args, result) => requests.told(payload, result),
    onError: (_ctx, _id, payload, errors) => requests.toldErrors(payload, errors),
  });
}
