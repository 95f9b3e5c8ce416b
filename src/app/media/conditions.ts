import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange, FileFacts } from '../../platform/storage/s3-storage.js';

/** What of a file is to be answered: nothing new, no such range, a range, or all of it. */
export type Verdict =
  | { readonly status: 304 | 416 | 200 }
  | { readonly status: 206; readonly range: ByteRange };

const CONDITIONS = ['range', 'if-none-match', 'if-modified-since'] as const;

/** Whether the answer depends on what is known of the file. */
export function isConditional(headers: IncomingHttpHeaders): boolean {
  return CONDITIONS.some((name) => headers[name] !== undefined);
}

/** RFC 9110, 13.2.2: what the asker has already comes first, then ranges, and those only of the file that it knows. */
export function verdictOn(headers: IncomingHttpHeaders, facts: FileFacts): Verdict {
  if (isKnown(headers, facts)) return { status: 304 };
  if (!isOfThis(headers['if-range'], facts)) return { status: 200 };
  return rangeIn(headers.range, facts.sizeBytes);
}

function isKnown(headers: IncomingHttpHeaders, { etag, lastModified }: FileFacts): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return tags.split(',').some((tag) => isSame(tag.trim(), etag));
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return lastModified.getTime() <= since;
}

/** Compared weakly: a proxy that compresses makes tags weak. */
function isSame(tag: string, etag: string): boolean {
  return tag === '*' || tag.replace(/^W\//, '') === etag;
}

function isOfThis(condition: string | string[] | undefined, { etag, lastModified }: FileFacts): boolean {
  if (condition === undefined) return true;
  return condition === etag || lastModified.getTime() <= Date.parse(String(condition));
}

/** Several ranges at once, and units other than bytes, are answered with all of it: who asks so is used to it. */
function rangeIn(header: string | undefined, sizeBytes: number): Verdict {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { status: 200 };
  const end = sizeBytes - 1;
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? end : Math.min(end, Number(last));
  if (last !== '' && first !== '' && Number(last) < from) return { status: 200 };
  return from > end ? { status: 416 } : { status: 206, range: { from, to } };
}
