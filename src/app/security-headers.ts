import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** An answer of ours is data: nothing in it may load, run or be framed. GraphiQL's page brings a policy of its own. */
const DATA_ONLY = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] };

/** What the answers have that are written before fastify has a request: refused upgrades, paths that cannot be read. */
export const bareHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'content-security-policy': Object.entries(DATA_ONLY)
    .map(([name, values]) => [name, ...values].join(' '))
    .join(';'),
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/**
 * Security headers on every answer. Nothing is cached where its route does not say so: answers carry tokens.
 * Cross-Origin-Resource-Policy stays `same-origin`: it holds for what a page embeds, not for what it fetches by CORS.
 */
export async function addSecurityHeaders(app: FastifyInstance, { overHttps }: { overHttps: boolean }) {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: DATA_ONLY },
    xFrameOptions: { action: 'deny' },
    // A browser that has once heard it of localhost speaks no HTTP to anything there for a year.
    ...(overHttps ? {} : { strictTransportSecurity: false }),
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', bareHeaders['cache-control']);
  });
}
