import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { VehicleImage } from '../../../src/modules/vehicles/index.js';
import {
  ArchiveVehicleDocument,
  UploadVehicleImagesDocument,
  type UploadVehicleImagesInput,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle } from '../../support/builders.js';
import { HOUR, MINUTE } from '../../support/clock.js';
import { pause } from '../../support/live.js';
import { storedBytes, storedFiles, underWay } from '../../support/multipart.js';
import {
  animation,
  blackPng,
  halves,
  phonePhoto,
  photo,
  withComment,
  zipEnd,
} from '../../support/pictures.js';
import {
  blob,
  filesOf,
  filesOfAll,
  giveImages,
  imagesOf,
  keyIn,
  placeImages,
  refusedWhole,
  rendering,
  smallPicture,
} from './photos.js';
import { announced, setStatus, strangers, unknownIds } from './stored.js';

const MB = 1024 * 1024;

describe.each(databaseKinds)('uploadVehicleImages on %s', (kind) => {
  const app = useApp(kind);
  let small: Blob;
  let dealer: BuiltVehicle['dealer'];
  beforeAll(async () => {
    small = await smallPicture();
    dealer = await app.build.dealer();
  });

  const request = (
    { id }: { id: string },
    files: Blob[],
    person: { token: string } | undefined = dealer,
    more: Partial<UploadVehicleImagesInput> = {},
  ) => app.request(UploadVehicleImagesDocument, { input: { vehicleId: id, files, ...more } }, person);

  const refused = (vehicle: BuiltVehicle, files: Blob[], more: Partial<UploadVehicleImagesInput> = {}) =>
    refusedWhole(app, () => request(vehicle, files, dealer, more));

  const files = (count: number) => Array.from({ length: count }, () => small);
  const positions = async (vehicle: BuiltVehicle) =>
    (await imagesOf(app, vehicle)).map(({ position }) => position);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

  it('stores each photo within 1,600 by 1,200 and a thumbnail within 480 by 360, and serves both', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const large = blob(await halves('red', 'blue', 2_000, 1_500).png().toBuffer());
    const upright = blob(await halves('red', 'blue', 1_000, 2_000).png().toBuffer());
    const before = await storedFiles(app);
    const images = await giveImages(app, vehicle, [large, upright, small]);
    expect(images.map(({ width, height }) => [width, height])).toEqual([
      [1_600, 1_200],
      [600, 1_200],
      [60, 40],
    ]);
    expect((await storedFiles(app)).filter((file) => !before.includes(file))).toEqual(filesOfAll(images));
    const sizes = [];
    for (const { url, thumbnailUrl } of images) {
      for (const address of [url, thumbnailUrl]) {
        const served = await fetch(address.replace(/^https?:\/\/[^/]+/, app.url));
        expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/webp']);
        const { format, width, height } = await sharp(await storedBytes(app, keyIn(address))).metadata();
        sizes.push([format, width, height]);
      }
    }
    expect(sizes).toEqual([
      ['webp', 1_600, 1_200],
      ['webp', 480, 360],
      ['webp', 600, 1_200],
      ['webp', 180, 360],
      ['webp', 60, 40],
      ['webp', 60, 40],
    ]);
    expect(await underWay(app)).toEqual([]);
  });

  it('adds them behind those that are there, in their order, and tells those who follow the vehicle', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const [first] = await giveImages(app, vehicle, [small]);
    app.clock.advance(MINUTE);
    const shapes = [
      [30, 10],
      [10, 30],
      [20, 20],
    ] as const;
    const more = await Promise.all(shapes.map(async ([w, h]) => blob(await photo(w, h).png().toBuffer())));
    const heard = await announced(app, vehicle.id, async () => {
      const { data } = await request(vehicle, more);
      const shown = data?.uploadVehicleImages.vehicle;
      expect(shown?.images.slice(1).map(({ width, height }) => [width, height])).toEqual(shapes);
      expect(shown?.images.map(({ position, isPrimary }) => [position, isPrimary])).toEqual([
        [0, true],
        [1, false],
        [2, false],
        [3, false],
      ]);
      expect(shown?.primaryImage?.id).toBe(first?.id);
      expect(shown?.images[0]).toEqual(first);
      expect(shown?.updatedAt).toBe(app.clock.now().toISOString());
    });
    expect(heard).toEqual([vehicle.id]);
  });

  it("turns a phone's photo upright, and keeps nothing of where and by whom it was taken", async () => {
    const vehicle = await app.build.vehicle(dealer);
    const taken = await phonePhoto();
    const before = await sharp(taken).metadata();
    expect([before.orientation, before.width, taken.includes('SecretCamera')]).toEqual([6, 200, true]);
    const [image] = await giveImages(app, vehicle, [blob(taken)]);
    expect([image?.width, image?.height]).toEqual([100, 200]);
    for (const file of filesOf(keyIn(image?.url as string))) {
      const bytes = await storedBytes(app, file);
      const { exif, xmp, icc, iptc, orientation } = await sharp(bytes).metadata();
      expect([exif, xmp, icc, iptc, orientation]).toEqual(new Array(5).fill(undefined));
      expect(/secret|exif|gps/i.test(bytes.toString('latin1'))).toBe(false);
      const pixel = (top: number) =>
        sharp(bytes).extract({ left: 50, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer();
      expect((await pixel(10))[0]).toBeGreaterThan(200);
      expect((await pixel(190))[2]).toBeGreaterThan(200);
    }
  });

  it('takes what printers and screens make: CMYK, and of an animated WebP its first frame', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const cmyk = await photo(60, 40).toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const animated = await animation('webp');
    expect((await sharp(animated, { animated: true }).metadata()).pages).toBe(2);
    const images = await giveImages(app, vehicle, [blob(cmyk), blob(animated)]);
    const stored = await Promise.all(images.map(({ url }) => storedBytes(app, keyIn(url))));
    const [first, second] = await Promise.all(stored.map((bytes) => sharp(bytes).metadata()));
    expect(first).toMatchObject({ format: 'webp', space: 'srgb', width: 60, height: 40 });
    expect([second?.pages ?? 1, second?.width, second?.height]).toEqual([1, 40, 30]);
    const [red] = await sharp(stored[1]).removeAlpha().raw().toBuffer();
    expect(red).toBeGreaterThan(200);
  });

  const jpeg = () => photo().jpeg().toBuffer();
  const hostile: Array<[what: string, code: string, make: () => Promise<Buffer | string>]> = [
    ['a truncated JPEG', 'UNSUPPORTED_MEDIA_TYPE', async () => (await jpeg()).subarray(0, 20_000)],
    ['a PNG that unpacks to 400 million pixels', 'PAYLOAD_TOO_LARGE', async () => blackPng(20_000, 20_000)],
    ['an SVG', 'UNSUPPORTED_MEDIA_TYPE', async () => '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['an animated GIF', 'UNSUPPORTED_MEDIA_TYPE', () => animation('gif')],
    [
      'a JPEG that is a ZIP too',
      'UNSUPPORTED_MEDIA_TYPE',
      async () => Buffer.concat([await jpeg(), zipEnd()]),
    ],
    [
      'a JPEG with a script in it',
      'UNSUPPORTED_MEDIA_TYPE',
      async () => withComment(await jpeg(), '<script>alert(1)</script>'),
    ],
    ['a program', 'UNSUPPORTED_MEDIA_TYPE', async () => Buffer.from('7f454c4602010100', 'hex')],
    ['nothing', 'UNSUPPORTED_MEDIA_TYPE', async () => ''],
  ];
  it.each(hostile)('refuses %s named car.png with the others of its call: %s', async (_what, code, make) => {
    const vehicle = await app.build.vehicle(dealer);
    const bad = new File([blob(await make())], 'car.png', { type: 'image/png' });
    expect(await refused(vehicle, [small, bad, small, small])).toMatchObject({ code, fileIndex: 1 });
    expect(await refused(vehicle, [bad])).toMatchObject({ code });
  });

  it('refuses a file of more than 10 MB, and an eleventh file, with status 413', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const fat = blob(Buffer.alloc(10 * MB + 1));
    for (const given of [[small, fat], files(11)]) {
      const response = await request(vehicle, given);
      expect([response.status, app.errorOf(response).code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
      expect((await refused(vehicle, given)).code).toBe('PAYLOAD_TOO_LARGE');
    }
    expect(await imagesOf(app, vehicle)).toEqual([]);
  });

  it('keeps what the dealer says of them, and makes a text of the vehicle where it says nothing', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const alts = [' From the left ', '', 'x'.repeat(200)];
    const { data } = await request(vehicle, files(3), dealer, { alts });
    const made = '2021 Toyota Camry XLE, photo 2';
    expect(data?.uploadVehicleImages.vehicle.images.map(({ alt }) => alt)).toEqual([
      'From the left',
      made,
      alts[2],
    ]);
  });

  it.each([
    ['too few', ['a']],
    ['too many', ['a', 'b', 'c']],
    ['none for two', []],
    ['one too long', ['a', 'x'.repeat(201)]],
    ['one on two lines', ['a\nb', 'b']],
    ['one with NUL', ['a\u0000', 'b']],
  ])('refuses texts: %s', async (_what, alts) => {
    const vehicle = await app.build.vehicle(dealer);
    const made = await rendering(app, async () => {
      const error = await refused(vehicle, files(2), { alts });
      expect([error.code, Object.keys(error.fields ?? {})]).toEqual(['BAD_USER_INPUT', ['alts']]);
    });
    expect(made).toBe(0);
  });

  it('refuses no files, and one file in two places', async () => {
    const { id } = await app.build.vehicle(dealer);
    const call = (list: string) =>
      `uploadVehicleImages(input: { vehicleId: "${id}", files: ${list} }) { vehicle { id } }`;
    const documents = [`mutation { ${call('[]')} }`, `mutation ($f: Upload!) { ${call('[$f, $f]')} }`];
    for (const [index, document] of documents.entries()) {
      const variables = index === 0 ? {} : { f: small };
      const error = await refusedWhole(app, () => app.request(document, variables, dealer));
      expect([error.code, Object.keys(error.fields ?? {})]).toEqual(['BAD_USER_INPUT', ['files']]);
    }
  });

  it.each(['DRAFT', 'ACTIVE', 'PENDING'] as const)('takes photos of a vehicle that is %s', async (status) => {
    const vehicle = await app.build.vehicle(dealer);
    await setStatus(app, vehicle.id, status);
    expect(await giveImages(app, vehicle, [small])).toHaveLength(1);
  });

  it.each(['SOLD', 'ARCHIVED'] as const)(
    'refuses photos of a vehicle that is %s before it makes any',
    async (status) => {
      const vehicle = await app.build.vehicle(dealer);
      await setStatus(app, vehicle.id, status);
      const made = await rendering(app, async () => {
        expect(await refused(vehicle, [small])).toMatchObject({
          code: 'VEHICLE_UNAVAILABLE',
          statusCode: 409,
        });
      });
      expect(made).toBe(0);
    },
  );

  it('refuses everybody but the owner, and makes nothing for them', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const draft = await app.build.vehicle(dealer, { publish: false });
    const made = await rendering(app, async () => {
      for (const { who, code } of await strangers(app)) {
        const send = (of: BuiltVehicle) =>
          app.request(UploadVehicleImagesDocument, { input: { vehicleId: of.id, files: [small] } }, who);
        expect((await refusedWhole(app, () => send(vehicle))).code).toBe(code);
      }
      const other = await app.build.dealer();
      expect((await refusedWhole(app, () => request(draft, [small], other))).code).toBe('NOT_FOUND');
      for (const id of unknownIds) {
        expect((await refusedWhole(app, () => request({ id }, [small]))).code).toBe('NOT_FOUND');
      }
    });
    expect(made).toBe(0);
  });

  it('gives a vehicle 40 photos at most, and refuses more before it makes any', async () => {
    const vehicle = await app.build.vehicle(dealer);
    await placeImages(app, vehicle.id, 35);
    const made = await rendering(app, async () => {
      expect(await refused(vehicle, files(6))).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', statusCode: 413 });
    });
    expect(made).toBe(0);
    expect(await giveImages(app, vehicle, files(5))).toHaveLength(40);
    expect((await refused(vehicle, [small])).code).toBe('PAYLOAD_TOO_LARGE');
  });

  it('lets one of two calls in that would make 41 together, and leaves no file of the other', async () => {
    const vehicle = await app.build.vehicle(dealer);
    await placeImages(app, vehicle.id, 35);
    const before = await storedFiles(app);
    // Both have been let in before either has made anything.
    let waiting = 0;
    const both = async () => {
      waiting++;
      while (waiting < 2) await pause(2);
    };
    const answers: string[] = [];
    await rendering(
      app,
      () =>
        Promise.all(
          [0, 1].map(async () => {
            const response = await request(vehicle, files(3));
            answers.push(response.errors ? app.errorOf(response).code : 'done');
          }),
        ),
      both,
    );
    expect(answers.sort()).toEqual(['PAYLOAD_TOO_LARGE', 'done']);
    expect(await positions(vehicle)).toEqual(upTo(38));
    const added = (await imagesOf(app, vehicle)).slice(35);
    expect((await storedFiles(app)).filter((file) => !before.includes(file))).toEqual(filesOfAll(added));
  });

  it('numbers the photos of calls that come at once without holes, those of a call together', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const alts = ['a', 'b', 'c', 'd'];
    await Promise.all(alts.map((alt) => request(vehicle, files(3), dealer, { alts: [alt, alt, alt] })));
    const images = await imagesOf(app, vehicle);
    expect(images.map(({ position }) => position)).toEqual(upTo(12));
    const calls = [0, 3, 6, 9].map((at) => new Set(images.slice(at, at + 3).map(({ alt }) => alt)));
    expect(calls.map((call) => call.size)).toEqual([1, 1, 1, 1]);
  });

  it('gives no photos to a vehicle that was archived while they were made', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const before = await storedFiles(app);
    let code = '';
    const archive = () => app.ok(ArchiveVehicleDocument, { input: { id: vehicle.id } }, dealer);
    const upload = async () => {
      code = app.errorOf(await request(vehicle, [small])).code;
    };
    expect(await rendering(app, upload, archive)).toBe(1);
    expect(code).toBe('VEHICLE_UNAVAILABLE');
    expect([await imagesOf(app, vehicle), await storedFiles(app)]).toEqual([[], before]);
  });

  it('leaves nothing of a call of which one file cannot be stored', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const { storage } = app.system;
    const real = storage.put.bind(storage);
    let calls = 0;
    const failing = vi.spyOn(storage, 'put').mockImplementation((...args) => {
      if (++calls === 5) return Promise.reject(new Error('The disk is full'));
      return real(...args);
    });
    try {
      expect((await refused(vehicle, files(5))).code).toBe('INTERNAL_SERVER_ERROR');
    } finally {
      failing.mockRestore();
    }
    expect(calls).toBeGreaterThanOrEqual(5);
  });

  it('keeps the files of rows that are committed, whatever fails after that', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const failing = vi.spyOn(app.system.services.bus, 'publish').mockImplementation(() => {
      throw new Error('The line to the bus is gone');
    });
    try {
      expect(app.errorOf(await request(vehicle, files(2))).code).toBe('INTERNAL_SERVER_ERROR');
    } finally {
      failing.mockRestore();
    }
    const images = await imagesOf(app, vehicle);
    expect(images).toHaveLength(2);
    expect(await storedFiles(app)).toEqual(expect.arrayContaining(filesOfAll(images)));
  });

  it('leaves nothing where the rows cannot be written', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const failing = vi.spyOn(VehicleImage, 'of').mockImplementation(() => {
      throw new Error('The line to the database is gone');
    });
    try {
      expect((await refused(vehicle, files(2))).code).toBe('INTERNAL_SERVER_ERROR');
    } finally {
      failing.mockRestore();
    }
  });
});

describe('uploadVehicleImages has its limits:', () => {
  const app = useApp('sqlite', { config: { operationTimeoutMs: 1_000 } });

  it('a dealer may call it 240 times in an hour', async () => {
    const vehicle = await app.build.vehicle();
    const { rateLimits } = app.system.services;
    const limit = { name: 'photo-uploads', points: 240, durationMs: HOUR };
    for (let call = 0; call < 239; call++) await rateLimits.spend(limit, vehicle.dealer.id);
    await giveImages(app, vehicle, [await smallPicture()]);
    const input = { vehicleId: vehicle.id, files: [await smallPicture()] };
    const error = await refusedWhole(app, () =>
      app.request(UploadVehicleImagesDocument, { input }, vehicle.dealer),
    );
    expect(error.code).toBe('RATE_LIMITED');
    expect(await giveImages(app, await app.build.vehicle(), [await smallPicture()])).toHaveLength(1);
  });

  it('photos may take longer than other operations', async () => {
    const vehicle = await app.build.vehicle();
    const small = await smallPicture();
    const made = await rendering(
      app,
      () => giveImages(app, vehicle, [small, small]),
      () => pause(1_200),
    );
    expect(made).toBe(2);
  });
});
