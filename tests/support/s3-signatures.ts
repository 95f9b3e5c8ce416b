import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The keys of the tests' server: s3rver knows no others. */
export const S3_KEYS = { id: 'S3RVER', secret: 'S3RVER' } as const;

/** What S3 calls what is wrong with a request, or null. */
export type SignatureFault = 'AccessDenied' | 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | null;

interface Signed {
  readonly credential: string;
  readonly date: string;
  readonly headers: readonly string[];
  readonly signature: string;
  readonly payload: string;
}

/**
 * Checks a signature of version 4, in the header or in the query, by Amazon's description of it (and not by the SDK, which
 * made it). s3rver takes any, and none. `now` is what links are too old by.
 */
export function signatureFault(request: IncomingMessage, now: Date): SignatureFault {
  const url = new URL(request.url ?? '', 'http://s3');
  const signed = url.searchParams.has('X-Amz-Signature') ? inQuery(url) : inHeader(request);
  if (!signed) return 'AccessDenied';
  const expires = url.searchParams.get('X-Amz-Expires');
  if (expires !== null && now.getTime() >= instantOf(signed.date) + Number(expires) * 1_000)
    return 'AccessDenied';
  const [id, ...scope] = signed.credential.split('/');
  if (id !== S3_KEYS.id) return 'InvalidAccessKeyId';
  const request4 = canonical(request, url, signed);
  const text = ['AWS4-HMAC-SHA256', signed.date, scope.join('/'), sha256(request4)].join('\n');
  const key = scope.reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${S3_KEYS.secret}`);
  return hmac(key, text).toString('hex') === signed.signature ? null : 'SignatureDoesNotMatch';
}

function inHeader({ headers }: IncomingMessage): Signed | null {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  );
  if (!match) return null;
  const [, credential = '', names = '', signature = ''] = match;
  const [date, payload] = [String(headers['x-amz-date']), String(headers['x-amz-content-sha256'])];
  return { credential, date, headers: names.split(';'), signature, payload };
}

function inQuery({ searchParams }: URL): Signed {
  const [credential = '', date = '', names = '', signature = ''] = [
    'Credential',
    'Date',
    'SignedHeaders',
    'Signature',
  ].map((name) => searchParams.get(`X-Amz-${name}`) ?? '');
  return { credential, date, headers: names.split(';'), signature, payload: 'UNSIGNED-PAYLOAD' };
}

function canonical({ method, headers }: IncomingMessage, url: URL, signed: Signed): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort();
  const lines = signed.headers.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`);
  const names = signed.headers.join(';');
  return [method, url.pathname, query.join('&'), lines.join(''), names, signed.payload].join('\n');
}

/** Unreserved characters alone stay as they are (RFC 3986). */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20261122T100000Z` */
function instantOf(date: string): number {
  return Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
