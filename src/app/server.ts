import type { ApolloServer } from '@apollo/server';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Ctx } from '../kernel/context.js';
import { authenticate } from '../modules/accounts/module.js';
import { demoSignIns } from '../seeders/demo.js';
import type { Composed } from './compose.js';
import { authorizationHeader, bearerOf, makeContext, userAgentOf } from './context.js';
import { documentReader } from './document-reader.js';
import { edgeOptions, guardEdge } from './edge.js';
import { registerGraphiql } from './graphiql.js';
import { registerGraphQL } from './graphql-route.js';
import { httpErrorTeller, refuseUnknownRoutes } from './http-errors.js';
import { OperationLimits } from './limits/operation-limits.js';
import { registerMedia } from './media.js';
import { nameRequests } from './request-id.js';
import { registerRest } from './rest.js';
import { servedSchema } from './schema.js';
import { type SubscriptionServer, serveSubscriptions } from './subscriptions.js';
import { TrustedProxies } from './trusted-proxies.js';

export interface Server {
  /** Where it listens, `http://127.0.0.1:4000`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a composed system: GraphQL over HTTP and WebSocket on one path, the REST shim, GraphiQL. */
export async function startServer(composed: Composed): Promise<Server> {
  const { config, services } = composed;
  const schema = await servedSchema();
  const limits = new OperationLimits(schema, config);
  const tellHttpError = httpErrorTeller(services.log);
  const proxies = new TrustedProxies(config.trustedProxies);
  const app = Fastify({
    ...edgeOptions(config, proxies),
    bodyLimit: config.maxBodyBytes,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: tellHttpError,
  });
  nameRequests(app);
  await guardEdge(app, config, services.log);
  // Bodies are JSON; fastify would take plain text too.
  app.removeContentTypeParser('text/plain');
  refuseUnknownRoutes(app);
  app.setErrorHandler(tellHttpError);

  const contextOf = requestContext(composed);
  const apollo = await registerGraphQL(app, schema, composed, limits, contextOf);
  registerRest(app, composed, contextOf);
  registerMedia(app, composed);
  registerGraphiql(app, {
    enabled: config.graphiql,
    endpoint: '/graphql',
    publicUrl: config.publicUrl,
    signIns: config.demoData ? demoSignIns : [],
  });

  await app.ready();
  const sockets = serveSubscriptions(app.server, documentReader(schema, config, limits), composed, proxies);
  const url = await app.listen({ host: config.host, port: config.port });
  composed.start();
  services.log.info({ url }, 'listening');
  return { url, close: () => stop(app, sockets, apollo, composed) };
}

/** The context of an HTTP request: who asks is read from its bearer token, never an error by itself. */
function requestContext(composed: Composed): (request: FastifyRequest) => Promise<Ctx> {
  return async (request) => {
    const { viewer, authError } = await authenticate(
      composed.services,
      bearerOf(authorizationHeader(request.raw)),
    );
    return makeContext(composed.services, composed.orm, {
      viewer,
      authError,
      ip: request.ip,
      userAgent: userAgentOf(request.headers['user-agent']),
      requestId: request.id,
      cutOff: () => undefined,
    });
  };
}

/** How long the requests that run have when the stop begins. */
const LAST_REQUESTS_MS = 1_000;

/** Stops in order: no new work, sockets told to come back, running requests done, jobs, database. */
async function stop(
  app: FastifyInstance,
  sockets: SubscriptionServer,
  apollo: ApolloServer,
  composed: Composed,
) {
  await Promise.all([sockets.close(), closeHttp(app)]);
  await apollo.stop();
  await composed.close();
}

/** fastify looks for idle lines once, when it begins to close: one that answers just then, or was never used, would keep it open. */
async function closeHttp(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => app.server.closeAllConnections(), LAST_REQUESTS_MS);
  await app.close();
  clearInterval(idle);
  clearTimeout(deadline);
}
