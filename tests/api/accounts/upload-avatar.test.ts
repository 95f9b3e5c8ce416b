import { randomUUID } from 'node:crypto';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/app/config.js';
import { keyOf, thumbnailKeyOf } from '../../../src/kernel/files.js';
import { sweepAvatars } from '../../../src/modules/accounts/avatar.jobs.js';
import { User } from '../../../src/modules/accounts/index.js';
import { UploadAvatarDocument } from '../../generated/operations.js';
import { databaseKinds, testSecret, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { storedBytes, storedFiles, underWay } from '../../support/multipart.js';
import { halves, photo } from '../../support/pictures.js';
import { stored } from './stored.js';

const MB = 1024 * 1024;

const blob = (bytes: Buffer | string) =>
  new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]);

describe.each(databaseKinds)('uploadAvatar on %s', (kind) => {
  const app = useApp(kind);
  let picture: Blob;
  let person: Person;

  beforeAll(async () => {
    picture = blob(await halves('#ff0000', '#0000ff', 600, 400).jpeg().toBuffer());
  });
  beforeEach(async () => {
    await rm(join(app.files, 'uploads'), { recursive: true, force: true });
    person = await app.build.buyer();
  });

  const upload = (file: Blob, by: { token?: string } = person) =>
    app.request(UploadAvatarDocument, { input: { file } }, by);

  /** Uploads what must be taken, and returns the key of the picture. */
  const give = async (file = picture, by = person) => {
    const { uploadAvatar } = await app.ok(UploadAvatarDocument, { input: { file } }, by);
    return keyIn(uploadAvatar.user.profile.avatarUrl);
  };

  const keyIn = (url: string | null) => new URL(url as string).pathname.slice('/media/'.length);
  const filesOf = (key: string) => [thumbnailKeyOf(key), key];
  const shownKey = async ({ id }: Person) =>
    (await app.orm.em.fork().findOneOrFail(User, id, { fields: ['avatarKey'] })).avatarKey;

  /** Refused, and nothing has changed. */
  const expectRefused = async (code: string, file: Blob, by: { token?: string } = person) => {
    const before = [await stored(app), await storedFiles(app)];
    expect(app.errorOf(await upload(file, by)).code).toBe(code);
    expect([await stored(app), await storedFiles(app)]).toEqual(before);
    expect(await underWay(app)).toEqual([]);
  };

  it('gives the account a square picture and a thumbnail of it', async () => {
    const key = await give();
    expect(key).toMatch(/^avatars\/[0-9a-f-]{36}\.webp$/);
    expect(await shownKey(person)).toBe(key);
    expect(await storedFiles(app)).toEqual(filesOf(key));
    const sizes = await Promise.all(
      filesOf(key).map(async (file) => {
        const { format, width, height } = await sharp(await storedBytes(app, file)).metadata();
        return [format, width, height];
      }),
    );
    expect(sizes).toEqual([
      ['webp', 128, 128],
      ['webp', 512, 512],
    ]);
    const served = await fetch(`${app.url}/media/${key}`);
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(await underWay(app)).toEqual([]);
  });

  it('is seen by its owner, over GraphQL and REST, and by the other side of a negotiation', async () => {
    const { id, dealer } = await app.build.negotiation({ buyer: person });
    const key = await give();
    const url = app.system.storage.publicUrl(key);
    expect(await app.ok('{ me { profile { avatarUrl } } }', {}, person)).toEqual({
      me: { profile: { avatarUrl: url } },
    });
    const profile = await fetch(`${app.url}/api/v1/auth/profile/`, {
      headers: { authorization: `Bearer ${person.token}` },
    });
    expect(await profile.json()).toMatchObject({ avatar_url: url });
    const document = 'query ($id: ID!) { negotiation(id: $id) { buyer { avatarUrl } } }';
    expect(await app.ok(document, { id }, dealer)).toEqual({ negotiation: { buyer: { avatarUrl: url } } });
    const other = await app.build.buyer();
    expect(await app.ok('{ me { profile { avatarUrl } } }', {}, other)).toEqual({
      me: { profile: { avatarUrl: null } },
    });
  });

  it('puts a new picture in the place of the old one, whose files go', async () => {
    const old = await give();
    const key = await give(blob(await photo().png().toBuffer()));
    expect(key).not.toBe(old);
    expect(await shownKey(person)).toBe(key);
    expect(await storedFiles(app)).toEqual(filesOf(key));
    expect((await fetch(`${app.url}/media/${old}`)).status).toBe(404);
  });

  it('is for who is signed in', async () => {
    await expectRefused('UNAUTHENTICATED', picture, {});
    await expectRefused('UNAUTHENTICATED', picture, { token: person.refreshToken });
  });

  it('refuses an account that is gone while its token lives', async () => {
    await app.orm.em.fork().nativeUpdate(User, person.id, { deletedAt: app.clock.now() });
    await expectRefused('TOKEN_REVOKED', picture);
  });

  it.each([
    ['nothing', '', 'UNSUPPORTED_MEDIA_TYPE'],
    ['a program by the name of a picture', '\u007fELF\u0002\u0001', 'UNSUPPORTED_MEDIA_TYPE'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'UNSUPPORTED_MEDIA_TYPE'],
  ])('refuses %s and keeps the old picture', async (_name, content, code) => {
    const key = await give();
    await expectRefused(code, new File([content], 'me.png', { type: 'image/png' }));
    expect(await shownKey(person)).toBe(key);
  });

  it('keeps one of two pictures that come at once, and the files of that one alone', async () => {
    await give();
    const keys = await Promise.all([give(), give(), give()]);
    const shown = await shownKey(person);
    expect(keys).toContain(shown);
    expect(await storedFiles(app)).toEqual(filesOf(shown as string));
  });

  it('leaves nothing where one of its files cannot be stored', async () => {
    const key = await give();
    let calls = 0;
    const real = app.system.storage.put.bind(app.system.storage);
    const failing = vi.spyOn(app.system.storage, 'put').mockImplementation((...args) => {
      if (++calls === 2) return Promise.reject(new Error('The disk is full'));
      return real(...args);
    });
    try {
      await expectRefused('INTERNAL_SERVER_ERROR', picture);
    } finally {
      failing.mockRestore();
    }
    expect(calls).toBe(2);
    expect(await shownKey(person)).toBe(key);
  });

  it('keeps the old picture where the row cannot be written, and nothing of the new one', async () => {
    const key = await give();
    const failing = vi.spyOn(User.prototype, 'showAvatar').mockImplementation(() => {
      throw new Error('The line to the database is gone');
    });
    try {
      expect(app.errorOf(await upload(picture)).code).toBe('INTERNAL_SERVER_ERROR');
    } finally {
      failing.mockRestore();
    }
    expect(await shownKey(person)).toBe(key);
    expect(await storedFiles(app)).toEqual(filesOf(key));
  });

  it('goes on where the old files cannot be deleted; they are swept', async () => {
    const old = await give();
    const failing = vi.spyOn(app.system.storage, 'delete').mockRejectedValue(new Error('Busy'));
    const key = await give().finally(() => failing.mockRestore());
    expect(await storedFiles(app)).toEqual([...filesOf(old), ...filesOf(key)].sort());
    expect(await sweepAvatars.run(app.system.makeCtx())).toBe(0);
    app.clock.advance(25 * HOUR);
    expect(await sweepAvatars.run(app.system.makeCtx())).toBe(2);
    expect(await storedFiles(app)).toEqual(filesOf(key));
  });

  it('sweeps any number of orphans, and none of other folders, of today, or of what is shown', async () => {
    const key = await give();
    const yesterday = new Date(app.clock.now().getTime() - 25 * HOUR);
    const place = async (name: string, at: Date) => {
      const path = join(app.files, 'uploads', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'x');
      await utimes(path, at, at);
      return name;
    };
    for (const file of filesOf(key)) await utimes(join(app.files, 'uploads', file), yesterday, yesterday);
    const orphans = Array.from({ length: 600 }, () => keyOf('avatars', randomUUID(), 'webp'));
    await Promise.all(orphans.map((orphan) => place(orphan, yesterday)));
    const kept = [
      ...filesOf(key),
      await place(keyOf('avatars', randomUUID(), 'webp'), app.clock.now()),
      await place(keyOf('vehicles', randomUUID(), 'webp'), yesterday),
      await place('avatars/note.txt', yesterday),
    ];
    expect(await sweepAvatars.run(app.system.makeCtx())).toBe(600);
    expect(await storedFiles(app)).toEqual(kept.sort());
  });

  it('leaves nothing of a deleted account', async () => {
    await give();
    const document = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { success } }';
    await app.ok(document, { input: { password: person.password } }, person);
    expect(await storedFiles(app)).toEqual([]);
  });
});

describe('uploadAvatar has its limits:', () => {
  const app = useApp('sqlite', { config: { maxUploadBytes: MB } });
  let person: Person;
  beforeEach(async () => {
    person = await app.build.buyer();
  });

  const codeOf = async (file: Blob, by = person) =>
    app.errorOf(await app.request(UploadAvatarDocument, { input: { file } }, by)).code;

  it('a picture has 10 MB at most, or what the settings say, and who sends more is told so', async () => {
    expect(readConfig({ NODE_ENV: 'test', JWT_SECRETS: `a:${testSecret}` }).maxUploadBytes).toBe(10 * MB);
    expect(await codeOf(blob(Buffer.alloc(MB)))).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(await codeOf(blob(Buffer.alloc(MB + 1)))).toBe('PAYLOAD_TOO_LARGE');
    expect(await codeOf(blob(Buffer.alloc(12 * MB)))).toBe('PAYLOAD_TOO_LARGE');
    expect([await storedFiles(app), await underWay(app)]).toEqual([[], []]);
  });

  it('an account may send 60 in an hour', async () => {
    const picture = blob(await halves('red', 'blue').png().toBuffer());
    for (let index = 0; index < 60; index++) expect(await codeOf(blob('x'))).toBe('UNSUPPORTED_MEDIA_TYPE');
    const response = await app.request(UploadAvatarDocument, { input: { file: picture } }, person);
    expect(app.errorOf(response).code).toBe('RATE_LIMITED');
    expect(response.errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(3_000);
    expect(await storedFiles(app)).toEqual([]);
    await app.ok(UploadAvatarDocument, { input: { file: picture } }, await app.build.buyer());
  });
});
