import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isKey } from '../../kernel/files.js';
import type { Clock } from '../../kernel/ports.js';
import type { DiskStorage } from '../../platform/storage/disk-storage.js';
import type { LinkQuery } from '../../platform/storage/signed-links.js';
import { headersOf, keyIn } from './file-headers.js';

/** Answers with the file of a key. */
export type SendFile = (key: string, request: FastifyRequest, reply: FastifyReply) => unknown;

/** Sends what lies in a folder of this machine, ranges, conditions and all. */
export async function diskFiles(
  media: FastifyInstance,
  storage: DiskStorage,
  clock: Clock,
): Promise<SendFile> {
  await media.register(staticFiles, {
    root: storage.root,
    serve: false,
    cacheControl: false,
    contentType: false,
    // The folder may be made by the first file in it.
    suppressWarning: true,
    // Only where there is a file: that none was found is nothing to keep for a year.
    setHeaders: (reply: FastifyReply) => void reply.headers(headersOf(keyIn(reply.request))),
  });
  return (key, request, reply) => {
    const isServed = isKey(key) && storage.mayServe(key, request.query as LinkQuery, clock.now());
    return isServed ? reply.sendFile(key) : reply.callNotFound();
  };
}
