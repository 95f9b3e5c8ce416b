import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Ctx } from '../kernel/context.js';
import { AppError, type FieldMessages } from '../kernel/errors.js';
import type { Composed } from './compose.js';
import { rooms } from './rooms.js';

const HEALTH_TIMEOUT_MS = 2_000;

/** The REST shim: health, and what the rooms add, below /api/v1. Errors have the shape of Django REST framework. */
export function registerRest(
  app: FastifyInstance,
  composed: Composed,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): void {
  void app.register(
    async (api) => {
      api.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
        const status = error.statusCode ?? 500;
        if (status >= 500)
          composed.services.log.error({ err: error, requestId: request.id }, 'a REST request failed');
        return reply.code(status).send(restError(error, status));
      });
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

function restError(error: Error, status: number): object {
  if (status >= 500) return { detail: 'Internal server error.', status_code: status };
  if (error instanceof AppError && error.fields) return { ...snakeCased(error.fields), status_code: status };
  return { detail: error.message, status_code: status };
}

function snakeCased(fields: FieldMessages): FieldMessages {
  return Object.fromEntries(
    Object.entries(fields).map(([name, messages]) => [
      name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      messages,
    ]),
  );
}
