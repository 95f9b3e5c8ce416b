import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keyOf, thumbnailKeyOf } from '../../../src/kernel/files.js';
import { sweepAvatars } from '../../../src/modules/accounts/avatar.jobs.js';
import { sweepPhotos } from '../../../src/modules/vehicles/photos/vehicle-image.files.js';
import {
  DeleteVehicleImageDocument,
  UploadAvatarDocument,
  UploadDealerDocumentDocument,
} from '../../generated/operations.js';
import { useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, MINUTE } from '../../support/clock.js';
import { fileOf, giveDocument, licence } from '../../support/documents.js';
import { underWay } from '../../support/multipart.js';
import { photo } from '../../support/pictures.js';
import { S3Server } from '../../support/s3.js';
import { bring, HEADER, inventory, rowOf } from '../vehicles/bulk/files.js';
import {
  blob,
  filesOf,
  filesOfAll,
  giveImages,
  keyIn,
  type Photos,
  smallPicture,
} from '../vehicles/photos.js';

const s3 = await S3Server.start();
afterAll(() => s3.remove());

const AWAY = 'The service cannot do this at the moment. Try again soon.';

describe('files in a bucket of S3', () => {
  const app = useApp('sqlite', {
    config: { storageUrl: s3.url(), operationTimeoutMs: 3_000, accessTokenTtlMs: 30 * DAY },
  });
  let dealer: DealerPerson;

  beforeAll(async () => {
    s3.now = () => app.clock.now();
    dealer = await app.build.dealer();
  });
  afterEach(() => s3.recover());

  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(new URL(path, app.url), { headers, method });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };
  const readyz = async () => (await get('/readyz')).body.toString();

  describe('of a vehicle', () => {
    let images: Photos;
    let key: string;
    let path: string;

    beforeAll(async () => {
      const vehicle = await app.build.vehicle(dealer);
      const large = blob(await photo(900, 700).jpeg().toBuffer());
      images = await giveImages(app, vehicle, [large, await smallPicture()]);
      key = keyIn(images[0]?.url as string);
      path = `/media/${key}`;
    });

    it('lie in the bucket, whole, with their thumbnails, and nothing else does', async () => {
      expect(await s3.objects()).toEqual(filesOfAll(images));
      expect(images[0]?.url).toBe(`${app.system.config.publicUrl}${path}`);
      expect([await s3.unfinished(), await underWay(app)]).toEqual([[], []]);
    });

    it('are served to everybody with the headers that they have on a disk', async () => {
      const { status, headers, body } = await get(path);
      expect([status, body.subarray(8, 12).toString(), Number(headers['content-length'])]).toEqual([
        200,
        'WEBP',
        body.length,
      ]);
      expect(headers).toMatchObject({
        'content-type': 'image/webp',
        'content-disposition': 'inline',
        'cache-control': 'public, max-age=31536000, immutable',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        'accept-ranges': 'bytes',
        etag: expect.stringMatching(/^"\w+"$/),
        'last-modified': expect.stringMatching(/GMT$/),
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('x-amz'))).toEqual([]);
      const thumbnail = await get(`/media/${thumbnailKeyOf(key)}`);
      expect([thumbnail.status, thumbnail.body.length < body.length]).toEqual([200, true]);
    });

    it('are told of without being sent', async () => {
      const [head, whole] = [await get(path, {}, 'HEAD'), await get(path)];
      // fetch ends a line on which it asked HEAD.
      const { date: _, 'x-request-id': __, connection: ___, ...headers } = head.headers;
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(whole.headers).toMatchObject(headers);
      expect(headers['content-length']).toBe(String(whole.body.length));
    });

    it('are sent in ranges', async () => {
      const { body } = await get(path);
      for (const [range, from, to] of [
        ['bytes=0-9', 0, 9],
        ['bytes=100-', 100, body.length - 1],
        ['bytes=-3', body.length - 3, body.length - 1],
      ] as const) {
        const part = await get(path, { range });
        expect([part.status, part.headers['content-range']]).toEqual([
          206,
          `bytes ${from}-${to}/${body.length}`,
        ]);
        expect(part.body.equals(body.subarray(from, to + 1))).toBe(true);
        expect(part.headers['content-length']).toBe(String(to - from + 1));
      }
      const behind = await get(path, { range: `bytes=${body.length}-` });
      expect([behind.status, behind.headers['content-range'], behind.headers['cache-control']]).toEqual([
        416,
        `bytes */${body.length}`,
        'no-store',
      ]);
      expect(JSON.parse(behind.body.toString())).toMatchObject({ status_code: 416 });
    });

    it('are not sent to who has them already', async () => {
      const { headers } = await get(path);
      for (const [name, value] of [
        ['if-none-match', headers.etag],
        ['if-modified-since', headers['last-modified']],
      ] as const) {
        const answer = await get(path, { [name]: String(value) });
        expect([answer.status, answer.body.length, answer.headers['cache-control']]).toEqual([
          304,
          0,
          'public, max-age=31536000, immutable',
        ]);
      }
      expect((await get(path, { 'if-none-match': '"another"' })).status).toBe(200);
    });

    it('are 404 where there is none, in no other spelling, and not to be kept so', async () => {
      const missing = `/media/${keyOf('vehicles', 'missing', 'webp')}`;
      for (const [at, method] of [
        [missing, 'GET'],
        [missing, 'HEAD'],
        ['/media/vehicles/', 'GET'],
        ['/media/files/x.webp', 'GET'],
        [path.replace('vehicles', 'VEHICLES'), 'GET'],
        [`${path}%00`, 'GET'],
      ] as const) {
        const { status, headers } = await get(at, {}, method);
        expect([at, status, headers['cache-control']]).toEqual([at, 404, 'no-store']);
      }
      expect((await get(missing, { range: 'bytes=0-1' })).status).toBe(404);
    });

    it('cost the bucket no line when their reader has gone', async () => {
      await get(path);
      const [before, count] = [await s3.openLines, s3.requests.length];
      s3.hold((line) => line.startsWith('GET'));
      const asked = request(new URL(path, app.url), { agent: false });
      asked.on('error', () => undefined).end();
      await expect.poll(() => s3.requests.length).toBe(count + 1);
      asked.destroy();
      await expect.poll(() => s3.openLines).toBe(before - 1);
    });

    it('are gone from the bucket when the dealer takes them away', async () => {
      const [first, second] = images;
      await app.ok(DeleteVehicleImageDocument, { input: { imageId: first?.id as string } }, dealer);
      expect(await s3.objects()).toEqual(filesOfAll([second as Photos[number]]));
      expect((await get(path)).status).toBe(404);
    });
  });

  describe('of a dealer', () => {
    it('are downloads from the bucket by links that end, and by none of ours', async () => {
      const { downloadUrl } = await giveDocument(app, dealer);
      const url = new URL(downloadUrl);
      expect(url.port).toBe(String(s3.port));
      const answer = await fetch(url);
      expect(Buffer.from(await answer.arrayBuffer()).equals(licence)).toBe(true);
      const key = url.pathname.split('/files/')[1] as string;
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="${key.split('/')[1]}"`,
        'cache-control': 'private, no-store',
      });
      const paths = [
        `/media/${key}`,
        `/media/${key}${url.search}`,
        `/media/${key}?expires=9999999999&signature=x`,
      ];
      for (const path of paths) expect((await get(path)).status).toBe(404);
      app.clock.advance(5 * MINUTE + 1_000);
      expect((await fetch(url)).status).toBe(403);
    });
  });

  it('give way to the next picture of a person', async () => {
    const person = await app.build.buyer();
    const give = async () => {
      const { uploadAvatar } = await app.ok(
        UploadAvatarDocument,
        { input: { file: await smallPicture() } },
        person,
      );
      return keyIn(uploadAvatar.user.profile.avatarUrl as string);
    };
    const first = await give();
    const second = await give();
    const avatars = (await s3.objects()).filter((key) => key.startsWith('avatars/'));
    expect(avatars).toEqual(filesOf(second).sort());
    expect(avatars).not.toContain(first);
  });

  it('of vehicles are read to their end, and then deleted', async () => {
    const vins = Array.from({ length: 150 }, () => app.build.vin());
    const lister = await app.build.dealer();
    const told = await bring(app, lister, [HEADER, ...vins.map((vin) => rowOf(vin))].join('\n'));
    expect([told.created, told.failed]).toEqual([150, 0]);
    expect(await inventory(app, lister.dealerId)).toHaveLength(150);
    expect((await s3.objects()).filter((key) => key.startsWith('bulk_uploads/'))).toEqual([]);
  });

  it('that no row names are swept after a day, and the others stay', async () => {
    await s3.place(['avatars/orphan.webp', 'avatars/orphan-thumb.webp']);
    const before = await s3.objects();
    expect(await sweepAvatars.run(app.system.makeCtx())).toBe(0);
    app.clock.advance(2 * DAY);
    expect(await sweepAvatars.run(app.system.makeCtx())).toBe(2);
    expect(await s3.objects()).toEqual(before.filter((key) => !key.startsWith('avatars/orphan')));
  });

  it('have a job for what was never completed, which one node does for all', async () => {
    const job = app.system.jobs.find(({ name }) => name === 'sweep-unfinished-uploads');
    expect(job?.everyNode).toBeUndefined();
    await expect(job?.run(app.system.makeCtx())).resolves.toBe(0);
  });

  describe('while S3 is away', () => {
    const upload = () =>
      app.request(
        UploadDealerDocumentDocument,
        { input: { kind: 'INSURANCE', file: fileOf(licence) } },
        dealer,
      );
    const documents = () => app.orm.em.fork().getConnection().execute('select id from dealer_documents');

    it('are refused, with nothing left of them, and all else goes on', async () => {
      const [rows, objects] = [await documents(), await s3.objects()];
      await s3.stop();
      expect(app.errorOf(await upload())).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        statusCode: 503,
        message: AWAY,
      });
      expect([await documents(), await underWay(app)]).toEqual([rows, []]);
      expect(await app.ok('{ me { id } }', {}, dealer)).toEqual({ me: { id: dealer.id } });
      await s3.start();
      expect((await upload()).data?.uploadDealerDocument.document.status).toBe('PENDING');
      expect(await s3.objects()).toHaveLength(objects.length + 1);
    });

    it('are refused when the time of their operation is up, where it says nothing', async () => {
      const rows = await documents();
      s3.hold();
      const began = performance.now();
      expect(app.errorOf(await upload())).toMatchObject({ statusCode: 503 });
      expect(performance.now() - began).toBeLessThan(4_500);
      s3.recover();
      expect(await documents()).toEqual(rows);
    });

    it('cannot be looked at, which nobody keeps', async () => {
      await s3.stop();
      for (const range of ['', 'bytes=0-1']) {
        const answer = await get(`/media/${keyOf('avatars', 'a', 'webp')}`, range ? { range } : {});
        expect([answer.status, answer.headers['retry-after'], answer.headers['cache-control']]).toEqual([
          503,
          '1',
          'no-store',
        ]);
        expect(JSON.parse(answer.body.toString())).toEqual({ detail: AWAY, status_code: 503 });
      }
      await s3.start();
    });

    it('are taken away all the same, and swept when it is back', async () => {
      const vehicle = await app.build.vehicle(dealer);
      const [image] = await giveImages(app, vehicle, [await smallPicture()]);
      await s3.stop();
      await app.ok(DeleteVehicleImageDocument, { input: { imageId: image?.id as string } }, dealer);
      await s3.start();
      const files = filesOf(keyIn(image?.url as string));
      expect(await s3.objects()).toEqual(expect.arrayContaining(files));
      app.clock.advance(2 * DAY);
      expect(await sweepPhotos.run(app.system.makeCtx())).toBe(files.length);
      expect(await s3.objects()).not.toEqual(expect.arrayContaining(files));
    });

    it('leave the node ready for all else', async () => {
      expect(JSON.parse(await readyz())).toMatchObject({ status: 'ready', storage: 'connected' });
    });
  });
});

describe('a bucket that is not there', () => {
  const told: string[] = [];
  const note = (_details: object, message: string) => void told.push(message);
  const app = useApp('sqlite', {
    config: { storageUrl: s3.url('no-such-bucket'), mediaUrl: 'https://cdn.example' },
    adapters: { log: { debug: () => undefined, info: () => undefined, warn: note, error: note } },
  });

  it('is told of at the start, which it does not stop', async () => {
    await expect.poll(() => told).toContain('the S3 storage cannot be used: there is no such bucket');
    const answer = await fetch(`${app.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { status: 'degraded', database: 'connected', storage: 'disconnected', draining: false },
    ]);
  });

  it('has its public addresses where MEDIA_URL says', () => {
    expect(app.system.storage.publicUrl('avatars/a.webp')).toBe('https://cdn.example/avatars/a.webp');
  });
});
