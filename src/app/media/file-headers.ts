import type { FastifyRequest } from 'fastify';
import { contentTypeOf } from '../../kernel/files.js';
import { cachingOf, dispositionOf } from '../../platform/storage/file-headers.js';

export const MEDIA_PATH = '/media/';

/** Nothing in a file may run, load or be framed, whatever a browser makes of it. */
const INERT = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** What is said of a file, wherever it lies. */
export function headersOf(key: string): Record<string, string> {
  return {
    'content-type': contentTypeOf(key),
    'content-disposition': dispositionOf(key),
    'cache-control': cachingOf(key),
    'content-security-policy': INERT,
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  };
}

/** As it was sent: no key of ours has anything in it that has to be decoded, so that a file has one address. */
export function keyIn({ raw }: Pick<FastifyRequest, 'raw'>): string {
  return ((raw.url ?? '').split('?', 1)[0] as string).slice(MEDIA_PATH.length);
}
