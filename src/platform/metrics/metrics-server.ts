import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../../kernel/ports.js';

export interface MetricsServer {
  /** `http://127.0.0.1:9464/metrics` */
  readonly url: string;
  close(): Promise<void>;
}

/** What Prometheus expects of the text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly read: () => Promise<string>;
  readonly log: Logger;
}

/** Prometheus asks on a few lines; more of them at once is nobody we know. */
const MAX_CONNECTIONS = 32;
const REQUEST_MS = 5_000;

/** `/metrics` on a port of its own, for whoever reaches it: what may reach it is the network's to say. */
export async function serveMetrics({ host, port, read, log }: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: 8 * 1_024 },
    (request, response) => {
      void answer(request, response, read, log);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => log.error({ err: error }, 'the port for metrics failed'));
  const { address, port: taken, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}/metrics`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<string>,
  log: Logger,
): Promise<void> {
  request.resume();
  const path = request.url?.split('?')[0];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (path !== '/metrics' || !isRead) {
    response.writeHead(path === '/metrics' ? 405 : 404, { 'content-type': 'text/plain' }).end();
    return;
  }
  try {
    const text = await read();
    response.writeHead(200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : text);
  } catch (error) {
    log.error({ err: error }, 'the metrics could not be read');
    response.writeHead(500, { 'content-type': 'text/plain' }).end();
  }
}
