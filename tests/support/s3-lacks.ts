import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Store } from 's3rver';
import { S3_KEYS } from './s3-signatures.js';

/** What S3 does and s3rver does not, as far as we rely on it. */

/** Answers, in place of s3rver, what that cannot; says whether it has. */
export async function answeredFor(
  store: Store,
  { method }: IncomingMessage,
  { searchParams }: URL,
  bucket: string,
  response: ServerResponse,
): Promise<boolean> {
  const uploadId = searchParams.get('uploadId');
  if (method === 'DELETE' && uploadId) await abort(store, bucket, uploadId, response);
  else if (method === 'GET' && searchParams.has('uploads'))
    await listUploads(store, bucket, searchParams, response);
  else if (method === 'GET' && searchParams.has('list-type'))
    await listObjects(store, bucket, searchParams, response);
  else return false;
  return true;
}

export function tellError(response: ServerResponse, status: number, code: string): void {
  tell(response, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function tell(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
}

async function abort(
  store: Store,
  bucket: string,
  uploadId: string,
  response: ServerResponse,
): Promise<void> {
  const path = join(store.getResourcePath(bucket, undefined, 'uploads'), uploadId);
  if (!existsSync(path)) return tellError(response, 404, 'NoSuchUpload');
  await rm(path, { recursive: true });
  response.writeHead(204).end();
}

/** Two to a page: who does not turn it finds no third. */
async function listUploads(store: Store, bucket: string, query: URLSearchParams, response: ServerResponse) {
  const folder = store.getResourcePath(bucket, undefined, 'uploads');
  const uploads = await Promise.all(
    (await readdir(folder).catch(() => [])).map(async (id) => {
      const path = join(folder, id, 'key');
      return { id, key: await readFile(path, 'utf8'), initiated: (await stat(path)).mtime.toISOString() };
    }),
  );
  const place = ({ key, id }: { key: string; id: string }) => `${key}\n${id}`;
  const marker = `${query.get('key-marker') ?? ''}\n${query.get('upload-id-marker') ?? ''}`;
  const rest = uploads
    .filter((one) => one.key.startsWith(query.get('prefix') ?? '') && place(one) > marker)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const page = rest.slice(0, 2);
  const entries = page.map(
    ({ key, id, initiated }) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`,
  );
  const last = page.at(-1);
  const next = `<NextKeyMarker>${last?.key}</NextKeyMarker><NextUploadIdMarker>${last?.id}</NextUploadIdMarker>`;
  const isTruncated = `<IsTruncated>${rest.length > page.length}</IsTruncated>`;
  const xml = [isTruncated, last ? next : '', ...entries].join('');
  tell(response, 200, `<ListMultipartUploadsResult>${xml}</ListMultipartUploadsResult>`);
}

/** s3rver encrypts the place where a list goes on by DES, which Node knows no more. */
async function listObjects(store: Store, bucket: string, query: URLSearchParams, response: ServerResponse) {
  if (!(await store.getBucket(bucket))) return tellError(response, 404, 'NoSuchBucket');
  const { objects, isTruncated } = await store.listObjects(bucket, {
    prefix: query.get('prefix') ?? '',
    startAfter: Buffer.from(query.get('continuation-token') ?? '', 'base64').toString(),
    maxKeys: 1_000,
  });
  const entries = objects.map(
    ({ key, lastModifiedDate, size }) =>
      `<Contents><Key>${key}</Key><LastModified>${lastModifiedDate.toISOString()}</LastModified><Size>${size}</Size></Contents>`,
  );
  const token = Buffer.from(objects.at(-1)?.key ?? '').toString('base64');
  const next = isTruncated ? `<NextContinuationToken>${token}</NextContinuationToken>` : '';
  const xml = `<IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}`;
  tell(response, 200, `<ListBucketResult>${xml}</ListBucketResult>`);
}

/** s3rver has an opinion of its own on when a link is too old: it gets the request as one that is signed in its header. */
export function withoutLink(request: IncomingMessage, url: URL): void {
  if (!url.searchParams.has('X-Amz-Signature')) return;
  for (const name of [...url.searchParams.keys()])
    if (name.startsWith('X-Amz-')) url.searchParams.delete(name);
  request.url = `${url.pathname}${url.search}`;
  Object.assign(request.headers, {
    authorization: `AWS4-HMAC-SHA256 Credential=${S3_KEYS.id}/x, SignedHeaders=host, Signature=x`,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
  });
}

/** What arrives is written beside, and becomes an object, or a part, when all of it is there. */
export function makeWholeOrNothing(store: Store, directory: string): void {
  let count = 0;
  const arrived = async (content: Readable): Promise<Readable> => {
    const path = join(directory, `.arriving-${count++}`);
    await pipeline(content, createWriteStream(path)).catch(async (error: unknown) => {
      await rm(path, { force: true });
      throw error;
    });
    const whole = createReadStream(path);
    whole.once('close', () => void rm(path, { force: true }));
    return whole;
  };
  const [putObject, putPart] = [store.putObject.bind(store), store.putPart.bind(store)];
  store.putObject = async (object) => {
    object.content = await arrived(object.content);
    return putObject(object);
  };
  store.putPart = async (bucket, uploadId, part, content) => {
    return putPart(bucket, uploadId, part, await arrived(content));
  };
}
