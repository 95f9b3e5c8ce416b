import type { FastifyError, FastifyInstance } from 'fastify';
import type { Composed } from './compose.js';
import { bucketFiles } from './media/bucket-files.js';
import { diskFiles } from './media/disk-files.js';
import { keyIn, MEDIA_PATH } from './media/file-headers.js';

/**
 * Serves the storage's files at `/media/<key>`: public ones to everybody, private ones of a disk to who comes with a signed
 * link; links to private ones of a bucket lead there. To everybody else a private file is one that is not there.
 */
export function registerMedia(app: FastifyInstance, { services, storage }: Composed): void {
  void app.register(async (media) => {
    const send =
      storage.kind === 'disk' ? await diskFiles(media, storage, services.clock) : bucketFiles(storage);
    media.setErrorHandler((error: FastifyError & { headers?: Record<string, string> }, _request, reply) => {
      // How long the file is, for a range that it does not have (RFC 9110, 15.5.17).
      reply.headers(error.headers ?? {});
      throw error;
    });
    media.route({
      method: ['GET', 'HEAD'],
      url: `${MEDIA_PATH}*`,
      handler: (request, reply) => send(keyIn(request), request, reply),
    });
  });
}
