import type { FastifyReply } from 'fastify';
import { isKey, isPublicKey } from '../../kernel/files.js';
import type { ByteRange, FileFacts, S3Storage } from '../../platform/storage/s3-storage.js';
import { isConditional, verdictOn } from './conditions.js';
import type { SendFile } from './disk-files.js';
import { headersOf } from './file-headers.js';

/** Streams public files of a bucket. Private ones are none of its business: their links lead to the bucket itself. */
export function bucketFiles(storage: S3Storage): SendFile {
  return async (key, { method, headers }, reply) => {
    if (!isKey(key) || !isPublicKey(key)) return reply.callNotFound();
    const gone = goneOf(reply);
    if (method !== 'HEAD' && !isConditional(headers)) return send(storage, key, null, gone, reply);
    const facts = await storage.facts(key, gone);
    if (!facts) return reply.callNotFound();
    const verdict = verdictOn(method === 'HEAD' ? { ...headers, range: undefined } : headers, facts);
    if (verdict.status === 416) throw new NoSuchRange(facts);
    if (verdict.status === 206) return send(storage, key, { range: verdict.range, facts }, gone, reply);
    if (verdict.status === 200 && method !== 'HEAD') return send(storage, key, null, gone, reply);
    describe(reply, key, facts).code(verdict.status);
    if (verdict.status === 200) reply.header('content-length', facts.sizeBytes);
    return reply.send();
  };
}

async function send(
  storage: S3Storage,
  key: string,
  part: { readonly range: ByteRange; readonly facts: FileFacts } | null,
  gone: AbortSignal,
  reply: FastifyReply,
) {
  const file = await storage.stream(key, part?.range ?? null, gone);
  if (!file) return reply.callNotFound();
  describe(reply, key, file).header('content-length', file.sizeBytes);
  if (part) {
    const { from, to } = part.range;
    reply.code(206).header('content-range', `bytes ${from}-${to}/${part.facts.sizeBytes}`);
  }
  return reply.send(file.stream);
}

function describe(reply: FastifyReply, key: string, { etag, lastModified }: FileFacts): FastifyReply {
  const known = { etag, 'last-modified': lastModified.toUTCString(), 'accept-ranges': 'bytes' };
  return reply.headers({ ...headersOf(key), ...known });
}

/** Aborted when nobody waits for the answer any more: the bucket's line is not held for nobody. */
function goneOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

class NoSuchRange extends Error {
  readonly statusCode = 416;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ sizeBytes }: FileFacts) {
    super('Range Not Satisfiable');
    this.headers = { 'content-range': `bytes */${sizeBytes}` };
  }
}
