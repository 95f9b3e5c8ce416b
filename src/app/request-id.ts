import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const ids = new AsyncLocalStorage<string>();

/** Runs what answers a request where it cannot be handed the request's id: Apollo tells its errors without a context. */
export function withRequestId<T>(id: string, work: () => T): T {
  return ids.run(id, work);
}

export function currentRequestId(): string {
  return ids.getStore() ?? randomUUID();
}

export const REQUEST_ID = 'x-request-id';

/** Every answer names its request, as every line of the log about it does. The ids are ours: one that a client sends is not taken. */
export function nameRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID, request.id);
  });
}
