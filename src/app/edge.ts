import type { Server } from 'node:http';
import cors from '@fastify/cors';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import { AppError } from '../kernel/errors.js';
import type { Logger } from '../kernel/ports.js';
import type { Composed } from './compose.js';
import type { Config } from './config.js';
import type { Eyes } from './eyes/eyes.js';
import { withinRequest } from './eyes/requests.js';
import { refuse } from './http-errors.js';
import { Origins } from './origins.js';
import { refuseUnreadable } from './raw-answers.js';
import { REQUEST_ID } from './request-id.js';
import { addSecurityHeaders } from './security-headers.js';
import { wantsSocket } from './sockets/upgrade.js';
import type { TrustedProxies } from './trusted-proxies.js';
import { longestOperationMs } from './uploads/bounds.js';

/** How long a line may be silent while an answer is owed or not taken. */
const SILENCE_MS = 120_000;

/** How often Node looks for requests that are late, at least. */
const CHECK_MS = 5_000;

/** What of a request is bounded before it is one: its header lines, and the time that it takes to arrive. */
export function edgeOptions(config: Config, proxies: TrustedProxies): FastifyHttpOptions<Server> {
  return {
    trustProxy: proxies.isEmpty ? false : (address) => proxies.has(address),
    // An operation may be allowed to take longer: its answer still has to find the line.
    connectionTimeout: Math.max(SILENCE_MS, longestOperationMs(config) + CHECK_MS),
    requestTimeout: config.uploadTimeoutMs,
    clientErrorHandler: refuseUnreadable,
    // Fastify hands `requestTimeout` on to Node, and nothing else of these.
    http: {
      // Refused below, in the form of all other refusals.
      requireHostHeader: false,
      maxHeaderSize: config.maxHeaderBytes,
      headersTimeout: Math.min(config.requestTimeoutMs, config.uploadTimeoutMs),
      connectionsCheckingInterval: Math.min(CHECK_MS, config.requestTimeoutMs),
      shouldUpgradeCallback: wantsSocket,
    },
  };
}

/** What every request goes through before its route. */
export async function guardEdge(
  app: FastifyInstance,
  { config, services: { log }, eyes }: Composed,
): Promise<void> {
  await addSecurityHeaders(app, { overHttps: config.environment === 'production' });
  await letPagesIn(app, new Origins(config));
  logRequests(app, log, eyes);
  refuseMalformedHosts(app);
  refuseLateBodies(app, config.requestTimeoutMs);
}

/** CORS: pages of the origins that the settings name may call; of others, a browser gets no leave. */
async function letPagesIn(app: FastifyInstance, origins: Origins): Promise<void> {
  await app.register(cors, {
    origin: async (origin: string | undefined) => (origins.mayRead(origin) ? (origin as string) : false),
    credentials: true,
    methods: ['GET', 'POST', 'PATCH', 'OPTIONS'],
    allowedHeaders: [
      // The seed's.
      'accept',
      'authorization',
      'content-type',
      'origin',
      // What Apollo's clients send of themselves, and what uploads need.
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'apollographql-client-name',
      'apollographql-client-version',
    ],
    exposedHeaders: [REQUEST_ID, 'retry-after'],
    // Chromium keeps it no longer than 2 hours.
    maxAge: 7_200,
    strictPreflight: false,
  });
}

/** One line for each request, of nothing that a client wrote but its path. */
function logRequests(app: FastifyInstance, log: Logger, eyes: Eyes): void {
  app.addHook('onResponse', async (request, reply) => {
    const details = {
      requestId: request.id,
      method: request.method,
      path: (request.url.split('?')[0] as string).slice(0, 200),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    withinRequest(eyes, request, () => log.debug(details, 'request'));
  });
}

/** The Apollo integration makes a URL of them and answers 500 where that fails. RFC 9112 (3.2) wants one Host, not two. */
function refuseMalformedHosts(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { rawHeaders } = request.raw;
    const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name)).length;
    if (hosts > 1 || !URL.canParse(`${request.protocol}://${request.host}/`)) {
      throw new AppError('BAD_USER_INPUT', 'The Host header is malformed.');
    }
  });
}

/** Uploads may take their time, as Node counts it; of other bodies, one that trickles in would hold a line for minutes. */
function refuseLateBodies(app: FastifyInstance, withinMs: number): void {
  app.addHook('onRequest', async (request, reply) => {
    const { raw } = request;
    const length = raw.headers['content-length'];
    const hasBody =
      raw.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
    if (!hasBody || /^multipart\/form-data/i.test(raw.headers['content-type'] ?? '')) return;
    const timer = setTimeout(() => {
      if (raw.complete || reply.sent) return;
      reply.header('connection', 'close');
      refuse(request, reply, 408, {
        code: 'BAD_USER_INPUT',
        message: 'The request took too long to arrive.',
      });
    }, withinMs).unref();
    raw.once('close', () => clearTimeout(timer));
  });
}
