import type { FastifyInstance } from 'fastify';
import type { Composed } from './compose.js';

/**
 * What those ask who watch over the process: `/livez`, whether it turns at all (else it is to be started again), and
 * `/readyz`, whether requests are to be sent to it. In front of a process that is about to go nobody is to wait in vain:
 * each of its answers says that the line ends with it.
 */
export function registerProbes(app: FastifyInstance, { health }: Pick<Composed, 'health'>): void {
  app.addHook('onSend', async (_request, reply) => {
    if (health.isDraining) reply.header('connection', 'close');
  });
  app.get('/livez', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const { isReady, told } = await health.readiness();
    return reply.code(isReady ? 200 : 503).send(told);
  });
}
