import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Viewer } from '../kernel/context.js';
import { authenticate, onSessionRevoked } from '../modules/accounts/module.js';
import type { Composed } from './compose.js';
import { bearerOf, type Caller, makeContext, userAgentOf } from './context.js';
import { tellError } from './graphql-errors.js';

export interface SubscriptionServer {
  close(): Promise<void>;
}

/** What we keep with a socket. */
type Kept = {
  caller?: Caller;
  expiry?: NodeJS.Timeout;
  /** What its operations follow. */
  sources?: Set<Source>;
};

interface Extra extends Kept {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

type Source = AsyncIterableIterator<unknown>;

type SocketContext = Context<Record<string, unknown> | undefined, Extra>;

/** Close codes of the graphql-transport-ws protocol, and 4408, which its clients answer by connecting again. */
const FORBIDDEN = 4403;
const TOO_SLOW = 4408;
const GOING_AWAY = 1001;

/** How long a client has for the closing handshake before its line is cut. */
const GOODBYE_MS = 1_000;

/** GraphQL over WebSocket (graphql-transport-ws) on the HTTP server's own port, at /graphql. */
export function serveSubscriptions(
  http: HttpServer,
  schema: GraphQLSchema,
  composed: Composed,
): SubscriptionServer {
  const { config, services } = composed;
  const server = new WebSocketServer({ noServer: true, maxPayload: config.maxSocketMessageBytes });
  const sockets = new SessionSockets();
  const forget = onSessionRevoked(services, (sessionId) => sockets.close(sessionId));

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?')[0]?.replace(/\/$/, '') !== '/graphql') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    server.handleUpgrade(request, socket, head, (client) => {
      server.emit('connection', client, request);
      // A frame that breaks the protocol or is too large: ws closes with the right code (1002, 1009). graphql-ws would
      // print it to the console, which is no place for what anybody can send.
      client.removeAllListeners('error');
      client.on('error', (error) => services.log.debug({ err: error }, 'a socket broke the protocol'));
    });
  });

  const prepare = documentReader(schema, composed);
  useServer<Record<string, unknown> | undefined, Kept>(
    {
      connectionInitWaitTimeout: config.socketInitTimeoutMs,
      onConnect: (ctx) => admit(ctx as SocketContext, composed, sockets),
      onClose: (ctx) => leave(ctx as SocketContext, sockets),
      onSubscribe: (ctx, _id, payload) => prepare(ctx as SocketContext, payload),
      subscribe: (args) => subscribeWithFreshContexts(args as LiveArgs),
      execute: (args) => execute({ ...args, contextValue: (args as LiveArgs).contextValue.fresh() }),
      onNext: (ctx, _id, _payload, _args, result) => {
        cutOffIfUnread(ctx as SocketContext, config.maxUnsentBytes);
        return told(result, composed);
      },
      onError: (_ctx, _id, _payload, errors) => errors.map((error) => tell(error, composed)),
    },
    server,
    config.socketPingMs,
  );

  return {
    async close() {
      forget();
      for (const client of server.clients) client.close(GOING_AWAY, 'Going away');
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(() => {
          for (const client of server.clients) client.terminate();
        }, GOODBYE_MS);
        server.close(() => {
          clearTimeout(deadline);
          resolve();
        });
      });
    },
  };
}

/** The open sockets of each session, to be closed when it is revoked. */
class SessionSockets {
  private readonly bySession = new Map<string, Set<WebSocket>>();

  add(sessionId: string, socket: WebSocket): void {
    const sockets = this.bySession.get(sessionId) ?? new Set();
    this.bySession.set(sessionId, sockets);
    sockets.add(socket);
  }

  remove(sessionId: string, socket: WebSocket): void {
    const sockets = this.bySession.get(sessionId);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.bySession.delete(sessionId);
  }

  close(sessionId: string): void {
    for (const socket of this.bySession.get(sessionId) ?? []) closeOut(socket, FORBIDDEN, 'Session revoked');
  }
}

/** Reads the token of connection_init. A guest may come in; who shows a token that is not good may not. */
async function admit(ctx: SocketContext, composed: Composed, sockets: SessionSockets): Promise<boolean> {
  const { socket, request } = ctx.extra;
  const token = bearerOf(authorizationOf(ctx.connectionParams) ?? request.headers.authorization);
  const { viewer, authError } = await authenticate(composed.services, token);
  // It may have gone in the meantime, and `leave` does not come a second time.
  if (authError || socket.readyState !== socket.OPEN) return false;
  ctx.extra.caller = {
    viewer,
    authError: null,
    ip: request.socket.remoteAddress ?? '',
    userAgent: userAgentOf(request.headers['user-agent']),
    requestId: crypto.randomUUID(),
    cutOff: (reason) => closeOut(socket, TOO_SLOW, reason),
  };
  if (viewer) {
    sockets.add(viewer.sessionId, socket);
    ctx.extra.expiry = closeAtExpiry(socket, viewer, composed);
  }
  return true;
}

function leave(ctx: SocketContext, sockets: SessionSockets): void {
  clearTimeout(ctx.extra.expiry);
  const sessionId = ctx.extra.caller?.viewer?.sessionId;
  if (sessionId) sockets.remove(sessionId, ctx.extra.socket);
  // graphql-ws forgets an operation whose id is used again before it has begun.
  for (const source of ctx.extra.sources ?? []) void source.return?.();
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

function closeAtExpiry(socket: WebSocket, viewer: Viewer, composed: Composed): NodeJS.Timeout {
  const left = viewer.tokenExpiresAt.getTime() - composed.services.clock.now().getTime();
  return setTimeout(() => closeOut(socket, FORBIDDEN, 'Token expired'), Math.max(0, left)).unref();
}

/**
 * Closes a socket whether its client plays along or not: the close frame may wait behind what the client does not read,
 * and a client that does not answer it could otherwise use the line for 30 s more.
 */
function closeOut(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
}

function cutOffIfUnread(ctx: SocketContext, maxUnsentBytes: number): void {
  const { socket } = ctx.extra;
  if (socket.bufferedAmount > maxUnsentBytes)
    closeOut(socket, TOO_SLOW, 'Too much unread: connect again and resume with after');
}

/** What an operation on a socket carries: it makes a context, with a unit of work of its own, for each event. */
interface Live {
  fresh(): ReturnType<typeof makeContext>;
  /** What the operations of this socket follow: it ends with the socket at the latest. */
  readonly sources: Set<Source>;
}

type LiveArgs = ExecutionArgs & { contextValue: Live };

const REMEMBERED_DOCUMENTS = 500;

/** Parses and checks documents by the rules that hold over HTTP; a fault is told and the socket stays open. */
function documentReader(schema: GraphQLSchema, composed: Composed) {
  const { config, services, orm } = composed;
  const rules = config.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const known = new Map<string, DocumentNode>();

  return ({ extra }: SocketContext, payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] => {
    // Frames still come in while a socket closes; after a revocation nothing of them may be done.
    if (extra.socket.readyState !== extra.socket.OPEN) return [new GraphQLError('The socket is closed.')];
    let document = known.get(payload.query);
    if (!document) {
      try {
        document = parse(payload.query, { maxTokens: config.maxQueryTokens });
      } catch (error) {
        return [error instanceof GraphQLError ? error : new GraphQLError('The document could not be read.')];
      }
      const faults = validate(schema, document, rules);
      if (faults.length > 0) return faults;
      if (known.size >= REMEMBERED_DOCUMENTS) known.delete(known.keys().next().value as string);
      known.set(payload.query, document);
    }
    const caller = extra.caller as Caller;
    extra.sources ??= new Set();
    const live: Live = { fresh: () => makeContext(services, orm, caller), sources: extra.sources };
    return {
      schema,
      document,
      operationName: payload.operationName,
      variableValues: payload.variables,
      contextValue: live,
    };
  };
}

/** graphql-js's `subscribe`, but each event is executed in a context of its own: nothing read lives as long as the socket. */
async function subscribeWithFreshContexts(
  args: LiveArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const source = await createSourceEventStream({ ...args, contextValue: args.contextValue.fresh() });
  if (!(Symbol.asyncIterator in source)) return source;
  const { sources } = args.contextValue;
  const events = source[Symbol.asyncIterator]() as Source;
  sources.add(events);
  const end = async (): Promise<IteratorResult<ExecutionResult>> => {
    sources.delete(events);
    await events.return?.();
    return { value: undefined, done: true };
  };
  const results: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => results,
    async next() {
      try {
        const { value, done } = await events.next();
        if (done) return end();
        const contextValue = args.contextValue.fresh();
        return { value: await execute({ ...args, rootValue: value, contextValue }), done: false };
      } catch (error) {
        // Nobody returns an iterator that has thrown.
        await end();
        throw error;
      }
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
  };
  return results;
}

function told(result: ExecutionResult, composed: Composed) {
  if (!result.errors) return undefined;
  return { ...result, errors: result.errors.map((error) => tell(error, composed)) };
}

function tell(error: GraphQLError, composed: Composed): GraphQLFormattedError {
  return tellError(error.toJSON(), error, composed.services.log);
}
