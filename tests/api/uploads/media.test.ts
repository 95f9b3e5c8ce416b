import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../../src/app/compose.js';
import { type Extension, type Folder, keyOf } from '../../../src/kernel/files.js';
import { testSecret, useApp } from '../../support/app.js';
import { MINUTE } from '../../support/clock.js';

const CONTENT = Buffer.from('0123456789'.repeat(1_000));
const NOT_FOUND = { detail: 'Not found.', status_code: 404 };

describe('/media/', () => {
  const app = useApp('sqlite', {
    config: {
      jwtSecrets: [
        { kid: 'new', secret: `${testSecret}-new` },
        { kid: 'old', secret: testSecret },
      ],
    },
  });
  let picture: string;
  let paper: string;

  const stored = async (folder: Folder, extension: Extension) => {
    const key = keyOf(folder, randomUUID(), extension);
    await app.system.storage.put(key, Readable.from([CONTENT]), '');
    return key;
  };

  /** As it stands, without a client that would tidy up the path. */
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const { hostname, port } = new URL(app.url);
      const asked = request({ hostname, port, path, method, headers, agent: false }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(pieces),
          }),
        );
      });
      asked.on('error', reject).end();
    });

  const expectNothing = async (path: string, headers?: Record<string, string>) => {
    const answer = await get(path, headers);
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([404, NOT_FOUND]);
    expect(answer.headers['cache-control']).toBe('no-store');
    return answer;
  };

  const signed = async (key: string) => {
    const url = await app.system.storage.signedUrl(key);
    return url.slice(url.indexOf('/media/'));
  };

  beforeAll(async () => {
    picture = await stored('avatars', 'webp');
    paper = await stored('dealer_documents', 'pdf');
  });

  it('serves a public file to everybody, to be kept for ever, and harmless whatever is in it', async () => {
    const { status, headers, body } = await get(`/media/${picture}`, { origin: 'https://elsewhere.example' });
    expect(status).toBe(200);
    expect(body.equals(CONTENT)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'image/webp',
      'content-length': String(CONTENT.length),
      'content-disposition': 'inline',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    });
    expect(headers.etag).toMatch(/^(?:W\/)?".+"$/);
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each<[Folder, Extension, string]>([
    ['vehicles', 'webp', 'image/webp'],
    ['vehicles', 'jpg', 'image/jpeg'],
    ['avatars', 'png', 'image/png'],
  ])('says what a file of %s/….%s is', async (folder, extension, type) => {
    expect((await get(`/media/${await stored(folder, extension)}`)).headers['content-type']).toBe(type);
  });

  it('tells of a file without sending it', async () => {
    const [head, whole] = [await get(`/media/${picture}`, {}, 'HEAD'), await get(`/media/${picture}`)];
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const { date: _, 'x-request-id': __, ...headers } = head.headers;
    expect(whole.headers).toMatchObject(headers);
    expect((await get(`/media/${keyOf('avatars', randomUUID(), 'webp')}`, {}, 'HEAD')).status).toBe(404);
  });

  it.each([
    ['bytes=0-9', 206, 'bytes 0-9/10000', '0123456789'],
    ['bytes=9990-', 206, 'bytes 9990-9999/10000', '0123456789'],
    ['bytes=-3', 206, 'bytes 9997-9999/10000', '789'],
    ['bytes=9998-20000', 206, 'bytes 9998-9999/10000', '89'],
  ])('sends the range %s', async (range, status, contentRange, content) => {
    const answer = await get(`/media/${picture}`, { range });
    expect([answer.status, answer.headers['content-range'], answer.body.toString()]).toEqual([
      status,
      contentRange,
      content,
    ]);
    expect(answer.headers['content-type']).toBe('image/webp');
  });

  it('says how long the file is for a range behind its end, and that is not to be kept', async () => {
    const { status, headers, body } = await get(`/media/${picture}`, { range: 'bytes=10000-' });
    expect([status, headers['content-range'], headers['cache-control']]).toEqual([
      416,
      'bytes */10000',
      'no-store',
    ]);
    expect(JSON.parse(body.toString())).toMatchObject({ status_code: 416 });
  });

  it.each(['bytes=0-1,5-6', 'lines=0-1', 'bytes=0-0,-1'])(
    'sends all of it for the range %s',
    async (range) => {
      const { status, body } = await get(`/media/${picture}`, { range });
      expect([status, body.length]).toEqual([200, CONTENT.length]);
    },
  );

  it('sends nothing to who has it already', async () => {
    const { headers } = await get(`/media/${picture}`);
    const etag = headers.etag as string;
    const modified = headers['last-modified'] as string;
    for (const [name, value] of [
      ['if-none-match', etag] as const,
      ['if-modified-since', modified] as const,
    ]) {
      const answer = await get(`/media/${picture}`, { [name]: value });
      expect([answer.status, answer.body.length]).toEqual([304, 0]);
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
    expect((await get(`/media/${picture}`, { 'if-none-match': '"another"' })).status).toBe(200);
    expect((await get(`/media/${picture}`, { range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(
      200,
    );
  });

  it('knows one spelling of a key, and nothing else', async () => {
    await mkdir(join(app.files, 'uploads', 'avatars', 'folder.webp'), { recursive: true });
    await writeFile(join(app.files, 'uploads', 'secret.webp'), 'x');
    await writeFile(join(app.files, 'uploads', 'avatars', '.hidden'), 'x');
    await writeFile(join(app.files, 'uploads', 'avatars', 'page.html'), 'x');
    const name = picture.slice('avatars/'.length);
    const paths = [
      '',
      'avatars',
      'avatars/',
      'secret.webp',
      `avatars/${randomUUID()}.webp`,
      'avatars/folder.webp',
      'avatars/.hidden',
      'avatars/page.html',
      `${picture}/`,
      `${picture}/.`,
      `/${picture}`,
      `./${picture}`,
      `avatars/./${name}`,
      `avatars//${name}`,
      `avatars%2f${name}`,
      `avatars%2F${name}`,
      `avatars%5c${name}`,
      `avatars\\${name}`,
      `%61vatars/${name}`,
      `AVATARS/${name}`,
      `avatars/${name.toUpperCase()}`,
      `avatars/${name}%00`,
      `avatars/${name}%00.png`,
      `avatars/${name}%20`,
      `avatars/${name}.`,
      `avatars/${name};a=b`,
      `dealer_documents/../${picture}`,
      `dealer_documents/..%2f${picture}`,
      `avatars/..%2f..%2f..%2fetc/passwd`,
      '../../../etc/passwd',
      '..%2f..%2f..%2fetc%2fpasswd',
      '%2e%2e/%2e%2e/etc/passwd',
      '..;/etc/passwd',
      '....//etc/passwd',
      '/etc/passwd',
      '%c0%ae%c0%ae/etc/passwd',
      `avatars/${encodeURIComponent('ｘ')}.webp`,
      '.unfinished/x.webp',
      '__proto__/x.webp',
      'a'.repeat(5_000),
    ];
    for (const path of paths) {
      const { status, body } = await get(`/media/${path}`);
      expect([path, [400, 404].includes(status)]).toEqual([path, true]);
      expect(JSON.parse(body.toString())).toMatchObject({ status_code: status });
    }
  });

  it('does not keep that a file was missing: it is there when it is there', async () => {
    const key = keyOf('avatars', randomUUID(), 'webp');
    await expectNothing(`/media/${key}`);
    await app.system.storage.put(key, Readable.from([CONTENT]), '');
    expect((await get(`/media/${key}`)).status).toBe(200);
  });

  it('does not mind what is behind a public key', async () => {
    expect((await get(`/media/${picture}?v=2&expires=1&signature=x`)).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('takes no %s', async (method) => {
    const { status } = await get(`/media/${picture}`, {}, method);
    expect([404, 405]).toContain(status);
    expect((await get(`/media/${picture}`)).status).toBe(200);
  });

  describe('of a private file', () => {
    it('serves who comes with a signed link, as a download that nobody keeps', async () => {
      const { status, headers, body } = await get(await signed(paper));
      expect([status, body.equals(CONTENT)]).toEqual([200, true]);
      expect(headers).toMatchObject({
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="${paper.split('/')[1]}"`,
        'cache-control': 'private, no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
      const part = await get(await signed(paper), { range: 'bytes=0-1' });
      expect([part.status, part.headers['cache-control']]).toEqual([206, 'private, no-store']);
    });

    it('tells everybody else that there is none, as of one that there is none of', async () => {
      const missing = keyOf('dealer_documents', randomUUID(), 'pdf');
      const good = new URL(await signed(paper), app.url).searchParams;
      const other = new URL(await signed(missing), app.url).searchParams;
      const answers = [
        await expectNothing(`/media/${paper}`),
        await expectNothing(`/media/${missing}`),
        await expectNothing(`/media/${paper}?${other}`),
        await expectNothing(`/media/${missing}?${other}`),
        await expectNothing(
          `/media/${paper}?expires=${Number(good.get('expires')) + 60}&signature=${good.get('signature')}`,
        ),
        await expectNothing(`/media/${paper}?expires=${good.get('expires')}`),
        await expectNothing(`/media/${paper}?${good}&${good}`),
        await expectNothing(`/media/${paper}?signature=${good.get('signature')}`),
        await expectNothing(`/media/${paper}`, {
          authorization: `Bearer ${(await app.build.admin()).token}`,
        }),
      ];
      const kinds = answers.map(({ headers }) =>
        Object.keys(headers)
          .filter((name) => name !== 'date')
          .sort()
          .join(),
      );
      expect(new Set(kinds).size).toBe(1);
    });

    it('serves for five minutes', async () => {
      const path = await signed(paper);
      expect(app.system.config.signedLinkTtlMs).toBe(5 * MINUTE);
      app.clock.advance(5 * MINUTE - 1_000);
      expect((await get(path)).status).toBe(200);
      app.clock.advance(1_000);
      await expectNothing(path);
    });

    it('serves by a link that was signed before the keys were rotated', async () => {
      const jwtSecrets = [{ kid: 'old', secret: testSecret }];
      const before = await compose({ ...app.system.config, jwtSecrets }, { clock: app.clock });
      const url = await before.storage.signedUrl(paper);
      await before.close();
      expect((await get(url.slice(url.indexOf('/media/')))).status).toBe(200);
    });
  });
});
