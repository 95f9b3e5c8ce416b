import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Ctx } from '../kernel/context.js';
import type { Composed } from './compose.js';
import { rooms } from './rooms.js';

const HEALTH_TIMEOUT_MS = 2_000;

/** The REST shim: health, and what the rooms add, below /api/v1. */
export function registerRest(
  app: FastifyInstance,
  composed: Composed,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): void {
  void app.register(
    async (api) => {
      api.get('/health', async (_request, reply) => {
        const healthy = await databaseAnswers(composed);
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

async function databaseAnswers({ orm }: Composed): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), HEALTH_TIMEOUT_MS).unref());
  const answer = sql`select 1`.execute(orm.em.fork().getKysely()).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]);
}
