import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Ctx } from '../kernel/context.js';
import { inTime, withDeadline } from '../kernel/deadline.js';
import type { Composed } from './compose.js';
import { withinRequest } from './eyes/requests.js';
import { rooms } from './rooms.js';

/** The REST shim: health, and what the rooms add, below /api/v1. */
export function registerRest(
  app: FastifyInstance,
  composed: Composed,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): void {
  void app.register(
    async (api) => {
      answerInTime(api, composed);
      api.get('/health', async (_request, reply) => {
        const healthy = await composed.health.databaseAnswers();
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
function answerInTime(api: FastifyInstance, { config, eyes }: Composed): void {
  api.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function answer(request, reply) {
      const work = async () => handler.call(this, request, reply);
      return withinRequest(eyes, request, () =>
        withDeadline(config.operationTimeoutMs, () => inTime(work())),
      );
    };
  });
}
