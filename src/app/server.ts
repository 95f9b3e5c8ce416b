import { setTimeout as pause } from 'node:timers/promises';
import type { ApolloServer } from '@apollo/server';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Ctx } from '../kernel/context.js';
import { authenticate } from '../modules/accounts/module.js';
import { demoSignIns } from '../seeders/demo.js';
import type { Composed } from './compose.js';
import { authorizationHeader, bearerOf, makeContext, userAgentOf } from './context.js';
import { documentReader } from './document-reader.js';
import { edgeOptions, guardEdge } from './edge.js';
import { countingErrors } from './eyes/errors.js';
import { openMetricsPort, registerMetrics } from './eyes/metrics-route.js';
import { watchRequests } from './eyes/requests.js';
import { registerGraphiql } from './graphiql.js';
import { registerGraphQL } from './graphql-route.js';
import { httpErrorTeller, refuseUnknownRoutes } from './http-errors.js';
import { LastRequests } from './last-requests.js';
import { isQuery } from './limits/http-limits.js';
import { OperationLimits } from './limits/operation-limits.js';
import { registerMedia } from './media.js';
import { registerProbes } from './probes.js';
import { nameRequests } from './request-id.js';
import { registerRest } from './rest.js';
import { servedSchema } from './schema.js';
import { type SubscriptionServer, serveSubscriptions } from './subscriptions.js';
import { TrustedProxies } from './trusted-proxies.js';

export interface Server {
  /** Where it listens, `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where metrics are read, if on a port of their own. */
  readonly metricsUrl: string | null;
  /** What is not finished yet. */
  readonly open: { readonly requests: number; readonly sockets: number };
  /** Says that it is about to go (`/readyz`), and serves on for as long as load balancers may take to notice. */
  drain(): Promise<void>;
  /** Stops in order, within `stopMs` of the settings as far as that is in our hands. */
  close(): Promise<void>;
}

/** Serves a composed system: GraphQL over HTTP and WebSocket on one path, the REST shim, GraphiQL. */
export async function startServer(composed: Composed): Promise<Server> {
  const { config, services } = composed;
  const schema = await servedSchema();
  const limits = new OperationLimits(schema, config);
  const tellHttpError = countingErrors(composed.eyes, httpErrorTeller(services.log));
  const proxies = new TrustedProxies(config.trustedProxies);
  const app = Fastify({
    ...edgeOptions(config, proxies),
    bodyLimit: config.maxBodyBytes,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // What has come is answered, also while we go: no proxy repeats a POST.
    return503OnClosing: false,
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: tellHttpError,
  });
  const requests = new LastRequests(app.server);
  app.addHook('onRequest', (_request, _reply, begin) => {
    if (requests.mayBegin) void requests.mayBegin.then(() => begin());
    else begin();
  });
  nameRequests(app);
  watchRequests(app, composed.eyes);
  await guardEdge(app, composed);
  // Bodies are JSON; fastify would take plain text too.
  app.removeContentTypeParser('text/plain');
  refuseUnknownRoutes(app);
  app.setErrorHandler(tellHttpError);

  const contextOf = requestContext(composed);
  registerProbes(app, composed);
  const apollo = await registerGraphQL(app, schema, composed, limits, contextOf);
  registerRest(app, composed, contextOf);
  registerMedia(app, composed);
  registerMetrics(app, composed);
  registerGraphiql(app, {
    enabled: config.graphiql,
    endpoint: '/graphql',
    publicUrl: config.publicUrl,
    signIns: config.demoData ? demoSignIns : [],
  });

  await app.ready();
  const sockets = serveSubscriptions(app.server, documentReader(schema, config, limits), composed, proxies);
  const metrics = await openMetricsPort(composed);
  const url = await app.listen({ host: config.host, port: config.port });
  composed.start();
  services.log.info({ url }, 'listening');
  return {
    url,
    metricsUrl: metrics?.url ?? null,
    get open() {
      return { requests: requests.count, sockets: sockets.count };
    },
    async drain() {
      composed.health.drain();
      await pause(config.drainMs);
    },
    async close() {
      await stop(app, requests, sockets, apollo, composed);
      await metrics?.close();
    },
  };
}

/**
 * The context of an HTTP request: who asks is read from its bearer token, never an error by itself. What a guest only
 * reads may lag behind; whoever is signed in might miss what they have just written.
 */
function requestContext(composed: Composed): (request: FastifyRequest) => Promise<Ctx> {
  return async (request) => {
    const { viewer, authError } = await authenticate(
      composed.services,
      bearerOf(authorizationHeader(request.raw)),
    );
    const mayLag = viewer === null && isQuery(request);
    const caller = {
      viewer,
      authError,
      ip: request.ip,
      userAgent: userAgentOf(request.headers['user-agent']),
      requestId: request.id,
      cutOff: () => undefined,
    };
    return makeContext(composed.services, composed.orm, caller, mayLag ? composed.replicas.pick() : null);
  };
}

/** Of the time that a stop may take, what is kept for closing the database and the rest: this much, or this share of it. */
const LAST_MS = 2_000;
const LAST_SHARE = 0.3;

/** Stops in order: no new work, sockets told to come back, running requests and jobs done, database. */
async function stop(
  app: FastifyInstance,
  requests: LastRequests,
  sockets: SubscriptionServer,
  apollo: ApolloServer,
  composed: Composed,
) {
  const { stopMs } = composed.config;
  const endsAt = performance.now() + stopMs - Math.min(LAST_MS, stopMs * LAST_SHARE);
  composed.health.drain();
  const resting = composed.rest();
  await requests.takeNoMoreLines(endsAt - performance.now());
  const withinMs = endsAt - performance.now();
  await Promise.all([sockets.close(withinMs), requests.seeOff(withinMs), app.close()]);
  await resting;
  await apollo.stop();
  await composed.close();
}
