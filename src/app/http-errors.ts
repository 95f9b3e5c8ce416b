import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode, statusOfCode } from '../kernel/errors.js';
import type { Logger } from '../kernel/ports.js';

/** Tells what is refused before an operation runs, in the shape of the API that was asked. */
export function httpErrorTeller(log: Logger) {
  return (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, requestId: request.id }, 'a request failed');
    const message = status >= 500 ? 'Internal server error.' : error.message;
    const code = error instanceof AppError ? error.code : codeOfStatus(status);
    return refuse(request, reply, status, code, message);
  };
}

/**
 * 404 for paths that lead nowhere. A path that takes other methods than the one that came is a 405 that says which,
 * as RFC 9110 (15.5.6) wants it. Call it before the routes are registered.
 */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const path = pathOf(url);
    methods.set(path, new Set([...(methods.get(path) ?? []), ...[method].flat()]));
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.get(pathOf(request.url));
    if (!allowed) return refuse(request, reply, 404, 'NOT_FOUND', 'Not found.');
    reply.header('allow', [...allowed].sort().join(', '));
    return refuse(request, reply, 405, 'BAD_USER_INPUT', `Method "${request.method}" not allowed.`);
  });
}

/** The Apollo integration makes a URL of the Host header and answers 500 where that fails. */
export function refuseMalformedHosts(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (!URL.canParse(`http://${request.headers.host ?? ''}/`)) {
      throw new AppError('BAD_USER_INPUT', 'The Host header is malformed.');
    }
  });
}

function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: ErrorCode | 'INTERNAL_SERVER_ERROR',
  message: string,
) {
  if (pathOf(request.url) !== '/graphql') {
    return reply.code(status).send({ detail: message, status_code: status });
  }
  return reply.code(status).send({ errors: [{ message, extensions: { code, statusCode: status } }] });
}

function codeOfStatus(status: number): ErrorCode | 'INTERNAL_SERVER_ERROR' {
  if (status >= 500) return 'INTERNAL_SERVER_ERROR';
  if (status === statusOfCode.PAYLOAD_TOO_LARGE) return 'PAYLOAD_TOO_LARGE';
  if (status === statusOfCode.UNSUPPORTED_MEDIA_TYPE) return 'UNSUPPORTED_MEDIA_TYPE';
  return 'BAD_USER_INPUT';
}

/** Without the query, and without the slash that counts for nothing. */
function pathOf(url: string): string {
  return (url.split('?')[0] as string).replace(/(?<=.)\/$/, '');
}
