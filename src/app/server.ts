import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Ctx } from '../kernel/context.js';
import { AppError, statusOfCode } from '../kernel/errors.js';
import { authenticate } from '../modules/accounts/module.js';
import { demoSignIns } from '../seeders/demo.js';
import type { Composed } from './compose.js';
import { bearerOf, makeContext, userAgentOf } from './context.js';
import { registerGraphiql } from './graphiql.js';
import { tellError } from './graphql-errors.js';
import { httpErrorTeller, refuseMalformedHosts, refuseUnknownRoutes } from './http-errors.js';
import { registerRest } from './rest.js';
import { buildGraphQLSchema } from './schema.js';
import { type SubscriptionServer, serveSubscriptions } from './subscriptions.js';

export interface Server {
  /** Where it listens, `http://127.0.0.1:4000`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a composed system: GraphQL over HTTP and WebSocket on one path, the REST shim, GraphiQL. */
export async function startServer(composed: Composed): Promise<Server> {
  const { config, services } = composed;
  const schema = await buildGraphQLSchema();
  const tellHttpError = httpErrorTeller(services.log);
  const app = Fastify({
    bodyLimit: config.maxBodyBytes,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: tellHttpError,
  });
  await app.register(helmet, { contentSecurityPolicy: false });
  await app.register(cors, {
    origin: [...config.corsAllowedOrigins],
    credentials: true,
    allowedHeaders: [
      'accept',
      'authorization',
      'content-type',
      'origin',
      'apollo-require-preflight',
      'x-apollo-operation-name',
    ],
  });
  // Bodies are JSON; fastify would take plain text too.
  app.removeContentTypeParser('text/plain');
  refuseMalformedHosts(app);
  refuseUnknownRoutes(app);
  app.setErrorHandler(tellHttpError);

  const contextOf = requestContext(composed);
  const apollo = await startApollo(schema, composed);
  app.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: fastifyApolloHandler(apollo, { context: contextOf }),
  });
  registerRest(app, composed, contextOf);
  registerGraphiql(app, {
    enabled: config.graphiql,
    endpoint: '/graphql',
    signIns: config.demoData ? demoSignIns : [],
  });

  await app.ready();
  const sockets = serveSubscriptions(app.server, schema, composed);
  const url = await app.listen({ host: config.host, port: config.port });
  composed.start();
  services.log.info({ url }, 'listening');
  return { url, close: () => stop(app, sockets, apollo, composed) };
}

async function startApollo(schema: GraphQLSchema, { config, services }: Composed): Promise<ApolloServer> {
  const apollo = new ApolloServer<BaseContext>({
    schema,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.maxQueryTokens },
    formatError: (formatted, error) => tellError(formatted, error, services.log),
    // The cache control plugin wraps every resolver and halves the throughput of lists.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      subscriptionsNeedASocket,
    ],
    logger: {
      debug: (message) => services.log.debug({}, String(message)),
      info: (message) => services.log.info({}, String(message)),
      warn: (message) => services.log.warn({}, String(message)),
      error: (message) => services.log.error({}, String(message)),
    },
  });
  await apollo.start();
  return apollo;
}

/** The context of an HTTP request: who asks is read from its bearer token, never an error by itself. */
function requestContext(composed: Composed): (request: FastifyRequest) => Promise<Ctx> {
  return async (request) => {
    const { viewer, authError } = await authenticate(
      composed.services,
      bearerOf(request.headers.authorization),
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

/** graphql-js would execute a subscription as if it were a query. */
const subscriptionsNeedASocket: ApolloServerPlugin = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation }) => {
      if (operation?.operation !== 'subscription') return;
      const http = { status: statusOfCode.BAD_USER_INPUT };
      throw new AppError('BAD_USER_INPUT', 'Subscriptions are served over WebSocket.', { http });
    },
  }),
};

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
