import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOutOfTime } from '../kernel/deadline.js';
import { AppError, type ErrorCode, type FieldMessages, statusOfCode } from '../kernel/errors.js';
import type { Logger } from '../kernel/ports.js';
import { toldOf, unavailabilityOf } from '../kernel/unavailable.js';
import { REQUEST_ID } from './request-id.js';
import { bareHeaders } from './security-headers.js';

export interface Refusal {
  readonly code: ErrorCode | 'INTERNAL_SERVER_ERROR';
  readonly message: string;
  readonly fields?: FieldMessages | undefined;
}

/** Tells what is refused before an operation runs, and what a REST route refuses, in the shape of the API that was asked. */
export function httpErrorTeller(log: Logger) {
  return (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    // Without a route there were no hooks that would have set them.
    if (!reply.raw.hasHeader('content-security-policy')) reply.headers(bareHeaders);
    if (isOutOfTime(error)) {
      log.warn({ requestId: request.id }, 'a request took too long');
      return refuse(request, reply, status, { code: 'INTERNAL_SERVER_ERROR', message: error.message });
    }
    const unavailable = unavailabilityOf(error);
    if (unavailable) {
      const { message, statusCode, retryAfterSeconds } = toldOf(unavailable);
      log.debug({ err: error, requestId: request.id }, 'a request found no database');
      reply.header('retry-after', retryAfterSeconds);
      return refuse(request, reply, statusCode, { code: 'INTERNAL_SERVER_ERROR', message });
    }
    if (status >= 500) {
      log.error({ err: error, requestId: request.id }, 'a request failed');
      return refuse(request, reply, status, {
        code: 'INTERNAL_SERVER_ERROR',
        message: 'Internal server error.',
      });
    }
    if (!(error instanceof AppError)) {
      return refuse(request, reply, status, { code: codeOfStatus(status), message: error.message });
    }
    const { retryAfterSeconds } = error.extensions;
    if (typeof retryAfterSeconds === 'number') reply.header('retry-after', retryAfterSeconds);
    return refuse(request, reply, status, error);
  };
}

/**
 * 404 for paths that lead nowhere. A path that takes other methods than the one that came is a 405 that says which, as
 * RFC 9110 (15.5.6) wants it, and OPTIONS is answered with them. Call it before the routes are registered.
 */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const path = pathOf(url);
    methods.set(path, new Set([...(methods.get(path) ?? []), ...[method].flat()]));
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(pathOf(request.url));
    if (!allowed) return refuse(request, reply, 404, { code: 'NOT_FOUND', message: 'Not found.' });
    reply.header('allow', [...allowed].sort().join(', '));
    if (request.method === 'OPTIONS') return reply.code(204).send();
    const message = `Method "${request.method}" not allowed.`;
    return refuse(request, reply, 405, { code: 'BAD_USER_INPUT', message });
  });
}

export function refuse(request: FastifyRequest, reply: FastifyReply, status: number, refusal: Refusal) {
  // RFC 9110 (15.5.2) wants it with a 401, and the seed sends it.
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply.header(REQUEST_ID, request.id);
  if (pathOf(request.url) === '/graphql') reply.type(mediaTypeFor(request.headers.accept));
  return reply.code(status).send(refusalBody(request.url, status, refusal, request.id));
}

/** By the GraphQL-over-HTTP specification: its own type for who asks for it, and plain JSON for everybody else. */
function mediaTypeFor(accept: string | undefined): string {
  const type = accept?.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json';
  return `${type}; charset=utf-8`;
}

/** In GraphQL's form at /graphql, and in that of Django REST framework everywhere else. */
export function refusalBody(
  url: string,
  status: number,
  { code, message, fields }: Refusal,
  requestId: string,
): object {
  if (pathOf(url) === '/graphql') {
    const extensions = { code, statusCode: status, ...(fields ? { fields } : {}), requestId };
    return { errors: [{ message, extensions }] };
  }
  return { ...(fields ? snakeCased(fields) : { detail: message }), status_code: status };
}

/** Without the query, and without the slash that counts for nothing. */
export function pathOf(url: string): string {
  return (url.split('?')[0] as string).replace(/(?<=.)\/$/, '');
}

function codeOfStatus(status: number): Refusal['code'] {
  if (status === statusOfCode.PAYLOAD_TOO_LARGE) return 'PAYLOAD_TOO_LARGE';
  if (status === statusOfCode.UNSUPPORTED_MEDIA_TYPE) return 'UNSUPPORTED_MEDIA_TYPE';
  return 'BAD_USER_INPUT';
}

function snakeCased(fields: FieldMessages): FieldMessages {
  return Object.fromEntries(
    Object.entries(fields).map(([name, messages]) => [
      name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      messages,
    ]),
  );
}
