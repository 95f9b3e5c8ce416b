import type { Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf } from '../http-errors.js';
import type { Eyes } from './eyes.js';

/** What looks after the server asks all the time, and is nobody's trace. */
const NOT_TRACED = new Set(['/livez', '/readyz', '/metrics', '/api/v1/health']);

/** As nginx has it: the client had gone before the answer was sent. */
const CLIENT_GONE = 499;

const spans = new WeakMap<FastifyRequest, Span>();

/** Counts and times each request by its route, and makes it a span. Call it before the routes are registered. */
export function watchRequests(app: FastifyInstance, { metrics, tracing }: Eyes): void {
  if (!metrics && !tracing) return;
  app.addHook('onRequest', (request, reply, done) => {
    const startedAt = performance.now();
    const { method } = request;
    const route = pathOf(request.routeOptions.url ?? 'none');
    const span =
      tracing && !NOT_TRACED.has(route)
        ? tracing.request(`${method} ${route}`, traceparentOf(request), {
            'http.request.method': method,
            'http.route': route,
            'url.scheme': request.protocol,
            'carnegotiate.request_id': request.id,
          })
        : null;
    if (span) spans.set(request, span);
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_GONE;
      metrics?.requestAnswered(method, route, status, (performance.now() - startedAt) / 1_000);
      span?.setAttribute('http.response.status_code', status);
      if (status >= 500) span?.setStatus({ code: 2 });
      span?.end();
    });
    done();
  });
}

/** Runs what answers a request as part of its span. */
export function withinRequest<T>({ tracing }: Eyes, request: FastifyRequest, work: () => T): T {
  const span = tracing && spans.get(request);
  return span ? tracing.within(span, work) : work();
}

/** Of several nobody can say which is meant. */
function traceparentOf({ headers }: FastifyRequest): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? traceparent : undefined;
}
