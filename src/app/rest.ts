import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Ctx } from '../kernel/context.js';
import { inTime, withDeadline } from '../kernel/deadline.js';
import type { Composed } from './compose.js';
import { rooms } from './rooms.js';

/** Load balancers ask every few seconds, and take who says nothing for dead. */
const HEALTH_TIMEOUT_MS = 2_000;

/** The REST shim: health, and what the rooms add, below /api/v1. */
export function registerRest(
  app: FastifyInstance,
  composed: Composed,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): void {
  void app.register(
    async (api) => {
      answerInTime(api, composed);
      const databaseAnswers = databaseProbe(composed);
      api.get('/health', async (_request, reply) => {
        const healthy = await databaseAnswers();
        return reply.code(healthy ? 200 : 503).send({
          status: healthy ? 'healthy' : 'unhealthy',
          database: healthy ? 'connected' : 'disconnected',
          timestamp: composed.services.clock.now().toISOString(),
        });
      });
      for (const room of rooms) room.routes?.(api, contextOf);
    },
    { prefix: '/api/v1' },
  );
}

/** What holds for operations of GraphQL holds for each route: its time is bounded, and its statements are cancelled. */
function answerInTime(api: FastifyInstance, { config }: Composed): void {
  api.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function answer(request, reply) {
      const work = async () => handler.call(this, request, reply);
      return withDeadline(config.operationTimeoutMs, () => inTime(work()));
    };
  });
}

/**
 * Asks the database once for all who ask at the same time. While a question that came to nothing still waits for a
 * connection, that is the answer: more of them would only wait behind it.
 */
function databaseProbe({ orm }: Composed): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  const forget = () => {
    answer = undefined;
  };
  const ask = () => {
    const statement = sql`select 1`.execute(orm.em.fork().getKysely());
    statement.then(forget, forget);
    return inTime(statement);
  };
  return () => {
    answer ??= withDeadline(HEALTH_TIMEOUT_MS, ask).then(
      () => true,
      () => false,
    );
    return answer;
  };
}
