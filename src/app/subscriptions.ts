import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { networkOf } from '../kernel/networks.js';
import { onSessionRevoked } from '../modules/accounts/module.js';
import type { Composed } from './compose.js';
import type { DocumentReader } from './document-reader.js';
import { type SocketFigures, socketMetrics } from './eyes/sockets.js';
import { Origins } from './origins.js';
import { closeCodes, GOODBYE_MS } from './sockets/close-codes.js';
import { sayGoodbye } from './sockets/farewell.js';
import { SocketHouse } from './sockets/house.js';
import { LiveSocket } from './sockets/live-socket.js';
import { OpenLines } from './sockets/open-lines.js';
import { isRefused, refuseCrowd, refuseHandshake } from './sockets/upgrade.js';
import type { TrustedProxies } from './trusted-proxies.js';

export interface SubscriptionServer {
  /** Sockets that are open, or about to close. */
  readonly count: number;
  /** Takes no more of them, and has told each to come back later when it resolves: all within the time. */
  close(withinMs: number): Promise<void>;
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
  const { config, services, eyes } = composed;
  const sockets = new WebSocketServer(optionsOf(config));
  const house = new SocketHouse(composed, read, proxies);
  const lines = new OpenLines(config.maxSocketsPerIp);
  const origins = new Origins(config);
  const forget = onSessionRevoked(services, (sessionId) => house.open.closeSession(sessionId));

  eyes.metrics?.pull(...socketMetrics(figuresOf(house, sockets)));
  sockets.on('wsClientError', refuseHandshake);
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => open(socket, request, house));
  http.on('upgrade', (request: IncomingMessage, line: Duplex, head: Buffer) => {
    line.on('error', destroy);
    if (isRefused(request, line, origins)) return;
    if (!lines.take(networkOf(proxies.clientOf(request)), line)) return refuseCrowd(request, line);
    sockets.handleUpgrade(request, line, head, (socket) => sockets.emit('connection', socket, request));
  });

  return {
    get count() {
      return sockets.clients.size;
    },
    async close(withinMs) {
      const closed = new Promise<void>((resolve) => sockets.close(() => resolve()));
      await sayGoodbye([...house.sockets], Math.max(0, withinMs - GOODBYE_MS));
      await closed;
      house.pulse.stop();
      forget();
    },
  };
}

function open(socket: WebSocket, request: IncomingMessage, house: SocketHouse): void {
  if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) return void new LiveSocket(house, socket, request);
  socket.on('error', () => undefined);
  socket.close(closeCodes.subprotocol, 'Subprotocol not acceptable');
}

/** A function of its own: one that is made for each line keeps the request that the line came with. */
function destroy(this: Duplex): void {
  this.destroy();
}

function figuresOf(house: SocketHouse, sockets: WebSocketServer): SocketFigures {
  return {
    open: () => sockets.clients.size,
    running: () => house.shared.running,
    delivered: () => house.delivered,
    cutOff: () => house.cutOff,
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
