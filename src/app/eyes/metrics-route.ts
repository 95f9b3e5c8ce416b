import cluster from 'node:cluster';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { METRICS_TYPE, type MetricsServer, serveMetrics } from '../../platform/metrics/metrics-server.js';
import type { Composed } from '../compose.js';
import { authorizationHeader } from '../context.js';
import { refuse } from '../http-errors.js';

/** `/metrics` on the ordinary port, for who shows the token. Without a token in the settings there is no such route. */
export function registerMetrics(app: FastifyInstance, { config, eyes: { metrics } }: Composed): void {
  const { token } = config.metrics;
  if (token === null || !metrics) return;
  app.get('/metrics', async (request, reply) => {
    if (!isToken(authorizationHeader(request.raw), token)) {
      return refuse(request, reply, 401, {
        code: 'UNAUTHENTICATED',
        message: 'The token of METRICS_TOKEN is needed.',
      });
    }
    return reply
      .header('cache-control', 'no-store')
      .type(METRICS_TYPE)
      .send(await metrics.text());
  });
}

/** By digests of equal length: how long it takes tells nothing of how much of it was right. */
function isToken(header: string | undefined, token: string): boolean {
  const shown = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `/metrics` on a port of its own, where the settings name one. Of several workers the primary process has it. */
export async function openMetricsPort({ config, eyes, services }: Composed): Promise<MetricsServer | null> {
  const { metrics } = eyes;
  const { port, host } = config.metrics;
  if (port === null || !metrics || cluster.isWorker) return null;
  const server = await serveMetrics({ host, port, read: () => metrics.text(), log: services.log });
  services.log.info({ url: server.url }, 'metrics');
  return server;
}
