import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Composed } from '../compose.js';
import { MultipartRequests } from './multipart-requests.js';

const MULTIPART = 'multipart/form-data';

/**
 * Takes multipart requests, as the GraphQL multipart request specification has them, at the routes of an instance. Who
 * sends one is known before any of it is read, and its operation is in `request.body` before preHandler hooks run.
 * Returns what the handler has to be wrapped in: it waits for the files.
 */
export function acceptUploads(
  app: FastifyInstance,
  composed: Composed,
): (handler: RouteHandlerMethod) => RouteHandlerMethod {
  const requests = new MultipartRequests(composed);
  app.addContentTypeParser(MULTIPART, (_request, _payload, done) => done(null));
  app.addHook('onRequest', async (request, reply) => {
    if (isMultipart(request)) await requests.admit(request, reply);
  });
  app.addHook('preValidation', async (request, reply) => {
    if (isMultipart(request)) await requests.readOperation(request, reply);
  });
  app.addHook('onSend', async (request) => {
    if (isMultipart(request)) requests.release(request);
  });
  return (handler) => requests.withFiles(handler);
}

/** As fastify chooses the parser by it. */
function isMultipart(request: FastifyRequest): boolean {
  return request.method === 'POST' && request.mediaType === MULTIPART;
}
