import type { ServerResponse } from 'node:http';
import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Ctx } from '../kernel/context.js';
import { currentDeadline, type Deadline, inTime, withDeadline } from '../kernel/deadline.js';
import { AppError, statusOfCode } from '../kernel/errors.js';
import type { Logger } from '../kernel/ports.js';
import type { Composed } from './compose.js';
import { counted } from './eyes/errors.js';
import { asOperation, watchOperations } from './eyes/http-operations.js';
import { tellError } from './graphql-errors.js';
import { LAST_WORD_MS } from './limits/answer-in-time.js';
import { DocumentCache } from './limits/document-cache.js';
import { limitOperations } from './limits/http-limits.js';
import type { OperationLimits } from './limits/operation-limits.js';
import { currentRequestId, withRequestId } from './request-id.js';
import { retryAfterHeader } from './retry-after.js';
import { acceptUploads } from './uploads/accept-uploads.js';

/** GraphQL over HTTP. The returned server is to be stopped when no request runs any more. */
export async function registerGraphQL(
  app: FastifyInstance,
  schema: GraphQLSchema,
  composed: Composed,
  limits: OperationLimits,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): Promise<ApolloServer> {
  const apollo = await startApollo(schema, composed);
  const answer = fastifyApolloHandler(apollo, { context: contextOf }).bind(app);
  const { config } = composed;
  const letGo = letGoWhenOver(app);
  await app.register(async (graphql) => {
    const withFiles = acceptUploads(graphql, composed);
    graphql.route({
      url: '/graphql',
      method: ['GET', 'POST'],
      // Apollo answers no HEAD.
      exposeHeadRoute: false,
      preHandler: limitOperations(limits),
      handler: withFiles((request, reply: FastifyReply) =>
        withRequestId(request.id, () =>
          withDeadline(config.operationTimeoutMs, () => {
            const deadline = currentDeadline();
            if (deadline) letGo(deadline, reply.raw);
            const work = async () => answer(request, reply);
            return inTime(asOperation(composed.eyes, request, work), LAST_WORD_MS);
          }),
        ),
      ),
    });
  });
  return apollo;
}

/** Who waits for something long waits no more when the client has gone, or the server is about to: it is told as far as that is. */
function letGoWhenOver(app: FastifyInstance): (deadline: Deadline, response: ServerResponse) => void {
  const running = new Set<Deadline>();
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    for (const deadline of running) deadline.leave();
  });
  return (deadline, response) => {
    if (isClosing) deadline.leave();
    running.add(deadline);
    response.once('close', () => {
      running.delete(deadline);
      if (!response.writableFinished) deadline.leave();
    });
  };
}

async function startApollo(
  schema: GraphQLSchema,
  { config, services, eyes }: Composed,
): Promise<ApolloServer> {
  const { log } = services;
  const hideSuggestions = !config.introspection;
  const apollo = new ApolloServer<BaseContext>({
    schema,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: hideSuggestions,
    validationOptions: { hideSuggestions },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.maxQueryTokens },
    documentStore: documentStore(),
    // A hash in a document's place would pass by what looks at the document.
    persistedQueries: false,
    formatError: (formatted, error) =>
      counted(eyes, tellError(formatted, error, { log, requestId: currentRequestId(), hideSuggestions })),
    // The cache control plugin wraps every resolver and halves the throughput of lists.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      subscriptionsNeedASocket,
      retryAfterHeader,
      ...watchOperations(eyes),
    ],
    logger: apolloLog(log),
  });
  await apollo.start();
  return apollo;
}

/** Apollo's own bounds the text of documents; what they take in memory is many times that. */
function documentStore() {
  const known = new DocumentCache<DocumentNode>();
  return {
    get: async (key: string) => known.get(key),
    set: async (key: string, document: DocumentNode) => known.set(key, document, document),
    delete: async (key: string) => known.delete(key),
  };
}

function apolloLog(log: Logger) {
  const withId = (level: keyof Logger) => (message?: unknown) =>
    log[level]({ requestId: currentRequestId() }, String(message));
  return { debug: withId('debug'), info: withId('info'), warn: withId('warn'), error: withId('error') };
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
