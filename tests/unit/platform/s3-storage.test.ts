import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isOutOfTime, withDeadline } from '../../../src/kernel/deadline.js';
import { keyOf } from '../../../src/kernel/files.js';
import type { Logger, StoredFile } from '../../../src/kernel/ports.js';
import { unavailabilityOf } from '../../../src/kernel/unavailable.js';
import type { PatienceByUse } from '../../../src/platform/storage/s3-clients.js';
import { S3Storage } from '../../../src/platform/storage/s3-storage.js';
import { readS3Url } from '../../../src/platform/storage/s3-url.js';
import { FakeClock, HOUR, MINUTE } from '../../support/clock.js';
import { type S3Server, useS3 } from '../../support/s3.js';
import { anyKey, describeStorage } from '../../support/storage-contract.js';

const MB = 1024 * 1024;
const clock = new FakeClock();
const told: string[] = [];
const note = (_details: object, message: string) => void told.push(message);
const log: Logger = { debug: () => undefined, info: note, warn: note, error: note };

const s3 = useS3();
let storage: S3Storage;

const quick = { connectMs: 1_000, answerMs: 2_000, silenceMs: 1_000, attempts: 2, sockets: 10 };
const HASTY: PatienceByUse = { files: quick, media: quick, probe: { ...quick, attempts: 1 } };

const clientOf = ({ port }: S3Server) =>
  new S3Client({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', forcePathStyle: true });

const storageAt = (url: string, patience?: PatienceByUse) =>
  new S3Storage({
    place: readS3Url(url),
    mediaUrl: 'https://cdn.example',
    signedLinkTtlMs: 5 * MINUTE,
    clock,
    log,
    ...(patience ? { patience } : {}),
  });

beforeAll(() => {
  s3.server.now = () => clock.now();
  storage = storageAt(s3.server.url());
});
afterAll(() => storage.close());

describeStorage(
  'a bucket of S3',
  () => storage,
  (ms) => clock.advance(ms),
);

describe('S3Storage', () => {
  const pieces = (count: number) => Readable.from(Array.from({ length: count }, () => Buffer.alloc(MB, 'x')));
  const put = (key: string, content: Readable = Readable.from([Buffer.from('x')])) =>
    storage.put(key, content, 'image/webp');
  const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  const sent = async (work: () => Promise<unknown>) => {
    const before = s3.server.requests.length;
    await work();
    return s3.server.requests.slice(before).map((line) => line.replace(/(uploadId=)\w+/, '$1…'));
  };

  beforeEach(async () => {
    told.length = 0;
    s3.server.recover();
  });

  it('sends what is small in one request, and says what it is', async () => {
    const [picture, paper] = [anyKey(), keyOf('dealer_documents', 'a', 'pdf')];
    expect(await sent(() => put(picture))).toEqual([
      `PUT /carnegotiate-tests/files/${picture}?x-id=PutObject`,
    ]);
    await storage.put(paper, Readable.from(['x']), 'application/pdf');
    expect(await s3.server.headersOf(picture)).toMatchObject({
      'content-type': 'image/webp',
      'content-disposition': 'inline',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(await s3.server.headersOf(paper)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="a.pdf"',
      'cache-control': 'private, no-store',
    });
  });

  it('sends what is large in parts, each after the other', async () => {
    const key = anyKey();
    const at = `/carnegotiate-tests/files/${key}`;
    const requests = await sent(() => put(key, pieces(12)));
    expect(requests.map((line) => line.replace(/[&?]x-id=\w+/, ''))).toEqual([
      `POST ${at}?uploads=`,
      `PUT ${at}?partNumber=1&uploadId=…`,
      `PUT ${at}?partNumber=2&uploadId=…`,
      `PUT ${at}?partNumber=3&uploadId=…`,
      `POST ${at}?uploadId=…`,
    ]);
    expect(await s3.server.unfinished()).toEqual([]);
    expect(await s3.server.headersOf(key)).toMatchObject({ 'content-disposition': 'inline' });
    const file = await storage.open(key);
    expect((await buffer(file?.stream as Readable)).equals(Buffer.alloc(12 * MB, 'x'))).toBe(true);
  });

  it('leaves no parts of what breaks off, and does not blame S3 for it', async () => {
    const key = anyKey();
    const content = Readable.from(
      (async function* () {
        for (let piece = 0; piece < 7; piece++) yield Buffer.alloc(MB);
        throw new Error('The line is gone');
      })(),
    );
    const requests = await sent(async () => {
      await expect(put(key, content)).rejects.toThrow('The line is gone');
    });
    expect(requests.at(-1)).toMatch(/^DELETE .*uploadId=/);
    expect([await s3.server.unfinished(), await storage.open(key), told]).toEqual([[], null, []]);
  });

  it('reads a file piece by piece, however slowly, and a file that is not there as none', async () => {
    const key = anyKey();
    await put(key, pieces(3));
    const { stream } = (await storage.open(key)) as StoredFile;
    const requests = await sent(async () => {
      for await (const piece of stream) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    });
    expect(requests.length).toBeLessThan(3);
    expect(await storage.open(anyKey())).toBeNull();
    expect(told).toEqual([]);
  });

  it('lists a folder of more than a page', async () => {
    const keys = Array.from({ length: 1_005 }, (_, index) => keyOf('bulk_uploads', `n${index}`, 'csv'));
    await s3.server.place([...keys, 'bulk_uploads/Not-Ours.txt']);
    const found: string[] = [];
    const requests = await sent(async () => {
      for await (const { key } of storage.list('bulk_uploads')) found.push(key);
    });
    expect(found.sort()).toEqual(keys.sort());
    expect(requests).toHaveLength(2);
  });

  it('sends so many files at once, and what waits too long not at all', async () => {
    const hasty = storageAt(s3.server.url(), HASTY);
    const put = (key: string) => hasty.put(key, Readable.from(['x']), 'image/webp');
    s3.server.hold((request) => request.startsWith('PUT'));
    const keys = Array.from({ length: 6 }, () => anyKey());
    const late = anyKey();
    const requests = await sent(async () => {
      const refusals = keys.map((key) => refusalOf(put(key)));
      const outOfTime = refusalOf(withDeadline(20, () => put(late)));
      await pause(100);
      expect(s3.server.requests.slice(-4).every((line) => line.startsWith('PUT'))).toBe(true);
      s3.server.recover();
      expect(await Promise.all(refusals)).toEqual(keys.map(() => null));
      expect(isOutOfTime(await outOfTime)).toBe(true);
    });
    const asked = keys.map((key) => requests.filter((line) => line.includes(key)).length);
    // The four that were held are sent again.
    expect(asked).toEqual([2, 2, 2, 2, 1, 1]);
    expect(requests.filter((line) => line.includes(late))).toEqual([]);
    hasty.close();
  });

  describe('its links to private files', () => {
    const key = keyOf('dealer_documents', 'licence', 'pdf');
    const get = async (url: string) => {
      const response = await fetch(url);
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    beforeAll(() => put(key, Readable.from(['a licence'])));

    it('lead to a download that nobody keeps', async () => {
      const { status, headers, text } = await get(await storage.signedUrl(key));
      expect([status, text]).toEqual([200, 'a licence']);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'application/pdf',
        'content-disposition': 'attachment; filename="licence.pdf"',
        'cache-control': 'private, no-store',
      });
    });

    it('are good for five minutes', async () => {
      const url = await storage.signedUrl(key);
      clock.advance(5 * MINUTE - 1_000);
      expect((await get(url)).status).toBe(200);
      clock.advance(2_000);
      expect((await get(url)).status).toBe(403);
    });

    it.each<[string, (url: string) => string]>([
      ['another file', (url) => url.replace('licence', 'another')],
      ['a longer time', (url) => url.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000')],
      ['a later beginning', (url) => url.replace(/X-Amz-Date=\d{4}/, 'X-Amz-Date=2099')],
      ['another type', (url) => url.replace(/application%2Fpdf/, 'text%2Fhtml')],
      ['a page instead of a download', (url) => url.replace('attachment', 'inline')],
      ['another signature', (url) => url.replace(/Signature=../, 'Signature=zz')],
      ['no signature', (url) => url.replace(/&X-Amz-Signature=\w+/, '')],
      ['nothing behind the key', (url) => url.split('?')[0] as string],
    ])('are refused with %s', async (_name, forge) => {
      const url = await storage.signedUrl(key);
      const forged = forge(url);
      expect(forged).not.toBe(url);
      const { status, text } = await get(forged);
      expect([status, text.includes('a licence')]).toEqual([403, false]);
    });

    it('are for the name that browsers know', async () => {
      const outside = storageAt(`${s3.server.url()}&public_endpoint=https://files.example`);
      const url = await outside.signedUrl(key);
      expect(url).toMatch(
        /^https:\/\/files\.example\/carnegotiate-tests\/files\/dealer_documents\/licence\.pdf\?/,
      );
      outside.close();
    });
  });

  it('has public addresses where browsers get them', () => {
    expect(storage.publicUrl('avatars/a.webp')).toBe('https://cdn.example/avatars/a.webp');
  });

  describe('when S3 fails', () => {
    let hasty: S3Storage;
    beforeAll(() => {
      hasty = storageAt(s3.server.url(), HASTY);
    });
    afterAll(() => hasty.close());
    const putHastily = (content: Readable = Readable.from(['x'])) =>
      refusalOf(hasty.put(anyKey(), content, 'image/webp'));

    it('says so once, refuses, and goes on when it is back', async () => {
      await s3.server.stop();
      const refusals = [await putHastily(), await refusalOf(hasty.delete(anyKey())), await putHastily()];
      expect(refusals.map(unavailabilityOf)).toEqual(['AWAY', 'AWAY', 'AWAY']);
      expect(told).toEqual(['the S3 storage cannot be used: ECONNREFUSED']);
      await s3.server.start();
      expect(await putHastily()).toBeNull();
      expect(told).toEqual(['the S3 storage cannot be used: ECONNREFUSED', 'the S3 storage is back']);
    });

    it('waits for no answer that does not come', async () => {
      s3.server.hold();
      const began = performance.now();
      const refusals = await Promise.all([
        putHastily(),
        putHastily(pieces(7)),
        refusalOf(hasty.open(anyKey())),
        refusalOf(hasty.delete(anyKey())),
        refusalOf(hasty.stream(anyKey(), null, new AbortController().signal)),
      ]);
      expect(refusals.map(unavailabilityOf)).toEqual(['AWAY', 'AWAY', 'AWAY', 'AWAY', 'AWAY']);
      expect(performance.now() - began).toBeLessThan(8_000);
      expect(told).toEqual(['the S3 storage cannot be used: it does not answer']);
    });

    it('leaves parts only where nobody could take them away, and sweeps those later', async () => {
      const content = Readable.from(
        (async function* () {
          for (let piece = 0; piece < 12; piece++) {
            yield Buffer.alloc(MB);
            if (piece === 7) await s3.server.stop();
          }
        })(),
      );
      expect(unavailabilityOf(await putHastily(content))).toBe('AWAY');
      await s3.server.start();
      expect(await s3.server.unfinished()).toHaveLength(1);
      expect(await hasty.sweep(new Date(Date.now() - HOUR))).toBe(0);
      expect(await s3.server.unfinished()).toHaveLength(1);
      expect(await hasty.sweep(new Date(Date.now() + HOUR))).toBe(1);
      expect(await s3.server.unfinished()).toEqual([]);
    });

    it.each([
      [404, 'NoSuchBucket', 'there is no such bucket'],
      [
        403,
        'AccessDenied',
        'the bucket refuses our keys: see docs/uploads.md for what they have to be allowed',
      ],
      [403, 'InvalidAccessKeyId', 'the access key is unknown there'],
    ])('tells an operator what %i %s means, and a client nothing', async (status, code, hint) => {
      s3.server.refuse(status, code);
      const refusal = await putHastily();
      expect(told).toEqual([`the S3 storage cannot be used: ${hint}`]);
      expect([unavailabilityOf(refusal), (refusal as Error).message]).toEqual([
        'AWAY',
        'The storage did not do what it was asked',
      ]);
      s3.server.recover();
      await hasty.delete(anyKey());
    });

    it('knows whether it is there, and asks no more often than it has to', async () => {
      const fresh = storageAt(s3.server.url());
      const requests = await sent(async () => {
        expect(await Promise.all([fresh.isUp(), fresh.isUp(), fresh.isUp()])).toEqual([true, true, true]);
      });
      expect(requests).toEqual(['HEAD /carnegotiate-tests/']);
      fresh.close();
      const nowhere = storageAt(s3.server.url('no-such-bucket'), HASTY);
      expect(await nowhere.isUp()).toBe(false);
      expect(told).toEqual(['the S3 storage cannot be used: there is no such bucket']);
      nowhere.close();
    });

    it('does not take a file for missing because its bucket is', async () => {
      const nowhere = storageAt(s3.server.url('no-such-bucket'), HASTY);
      const signal = new AbortController().signal;
      expect(unavailabilityOf(await refusalOf(nowhere.stream(anyKey(), null, signal)))).toBe('AWAY');
      nowhere.close();
    });
  });

  it('sweeps pages of unfinished uploads, and none of what is not ours', async () => {
    const client = clientOf(s3.server);
    const begin = (Key: string) =>
      client.send(new CreateMultipartUploadCommand({ Bucket: 'carnegotiate-tests', Key }));
    for (let count = 0; count < 5; count++) await begin(`files/${anyKey()}`);
    for (const key of ['files/reports/2026.pdf', `other/${anyKey()}`, anyKey()]) await begin(key);
    expect(await storage.sweep(new Date(Date.now() + HOUR))).toBe(5);
    expect(await s3.server.unfinished()).toHaveLength(3);
    expect(await storage.sweep(new Date(Date.now() + HOUR))).toBe(0);
    client.destroy();
  });

  it('sweeps nothing where unfinished uploads cannot be listed, and takes S3 for no worse', async () => {
    s3.server.refuse(501, 'NotImplemented');
    expect(await storage.sweep(new Date())).toBe(0);
    expect(told).toEqual([]);
  });

  it('lets a line go when nobody wants its file any more', async () => {
    const key = anyKey();
    await put(key, pieces(12));
    const before = await s3.server.openLines;
    const file = await storage.stream(key, null, new AbortController().signal);
    expect(await s3.server.openLines).toBe(before + 1);
    file?.stream.destroy();
    await expect.poll(() => s3.server.openLines).toBe(before);
  });
});
