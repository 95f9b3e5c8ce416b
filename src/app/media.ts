import { basename } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { contentTypeOf, isKey, isPublicKey } from '../kernel/files.js';
import type { Composed } from './compose.js';

const PATH = '/media/';

/** Nothing in a file may run, load or be framed, whatever a browser makes of it. */
const INERT = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** A file never changes under its key. A year is what browsers and caches take for ever. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * Serves the storage's files at `/media/<key>`: public ones to everybody, private ones to who comes with a signed link.
 * To everybody else a private file is one that is not there.
 */
export function registerMedia(app: FastifyInstance, { services, storage }: Composed): void {
  void app.register(async (media) => {
    await media.register(staticFiles, {
      root: storage.root,
      serve: false,
      cacheControl: false,
      contentType: false,
      // The folder may be made by the first file in it.
      suppressWarning: true,
      setHeaders: describeFile,
    });
    media.setErrorHandler((error: FastifyError & { headers?: Record<string, string> }, _request, reply) => {
      // How long the file is, for a range that it does not have (RFC 9110, 15.5.17).
      reply.headers(error.headers ?? {});
      throw error;
    });
    media.route<{ Querystring: { expires?: unknown; signature?: unknown } }>({
      method: ['GET', 'HEAD'],
      url: `${PATH}*`,
      handler: (request, reply) => {
        const key = keyIn(request.raw.url ?? '');
        const isServed = isKey(key) && storage.mayServe(key, request.query, services.clock.now());
        return isServed ? reply.sendFile(key) : reply.callNotFound();
      },
    });
  });
}

/** Only where there is a file: that none was found is nothing to keep for a year. */
function describeFile(reply: FastifyReply): void {
  const key = keyIn(reply.request.raw.url ?? '');
  const isPublic = isPublicKey(key);
  reply.headers({
    'content-type': contentTypeOf(key),
    'content-disposition': isPublic ? 'inline' : `attachment; filename="${basename(key)}"`,
    'cache-control': isPublic ? FOR_EVER : 'private, no-store',
    'content-security-policy': INERT,
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  });
}

/** As it was sent: no key of ours has anything in it that has to be decoded, so that a file has one address. */
function keyIn(url: string): string {
  return (url.split('?', 1)[0] as string).slice(PATH.length);
}
