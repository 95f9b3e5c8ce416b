import { Socket } from 'node:net';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { TestApp, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { until } from '../../support/live.js';
import {
  END,
  file,
  fileHead,
  form,
  multipart,
  UploadLine,
  uncaught,
  underWay,
  unread,
} from '../../support/multipart.js';
import { refusalIn, send } from '../hostile/wire.js';

const MB = 1024 * 1024;
const config = { maxUploadBytes: MB, maxUploadFiles: 80 };
/** A request that says it has so much more behind its beginning. */
const MORE = 60 * MB;

const half = Buffer.concat([form(unread), fileHead('0'), Buffer.alloc(300_000, 'x')]);

describe('the line of an upload', () => {
  const app = useApp('sqlite', { config });
  let buyer: Person;

  beforeAll(async () => {
    buyer = await app.build.buyer();
  });

  /** An upload that has come halfway. */
  const begin = async (person: Person) => {
    const line = await UploadLine.open(app);
    line.head(half.length + MORE, multipart(person.token));
    line.send(half);
    return line;
  };

  const filesUnderWay = async (n: number) =>
    expect.poll(async () => (await underWay(app)).filter((path) => path.includes('/')).length).toBe(n);

  const expectService = async () =>
    expect(await app.ok('{ __typename }', {})).toEqual({ __typename: 'Query' });

  it.each([
    ['a preflight header', 400, () => ({ ...multipart(buyer.token), 'apollo-require-preflight': '' })],
    ['a token', 401, () => multipart()],
    ['a token of ours', 401, () => multipart('a.b.c')],
  ])('needs %s before any of it is read', async (_name, status, headers) => {
    const line = await UploadLine.open(app);
    line.head(MORE, headers());
    expect(await line.status()).toBe(status);
    expect(await line.flood(Buffer.alloc(MB), MORE)).toBeLessThan(MORE);
    await until('the cut', () => line.isClosed);
    expect(await underWay(app)).toEqual([]);
  });

  it('takes either header that a browser asks leave for, and tells what is wrong with a token', async () => {
    const body = Buffer.concat([form(unread), file('0', 'x'), END]);
    const { 'apollo-require-preflight': _, ...without } = multipart(buyer.token);
    const post = (headers: Record<string, string>) => send(app, '/graphql', { headers, body });
    expect(refusalIn(await post(without))).toEqual([400, 'BAD_USER_INPUT']);
    expect((await post({ ...without, 'x-apollo-operation-name': 'X' })).status).toBe(200);
    expect(refusalIn(await post(multipart()))).toEqual([401, 'UNAUTHENTICATED']);
    const { token, refreshToken } = await app.build.buyer();
    expect(refusalIn(await post(multipart(refreshToken)))).toEqual([401, 'UNAUTHENTICATED']);
    await app.ok(
      'mutation ($input: LogoutInput!) { logout(input: $input) { success } }',
      { input: { refreshToken } },
      { token },
    );
    expect(refusalIn(await post(multipart(token)))).toEqual([401, 'TOKEN_REVOKED']);
  });

  it('has a bound again on how long it may be silent, as soon as it is answered', async () => {
    const bounds: number[] = [];
    const spied = vi.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (this: Socket, ms) {
      bounds.push(ms);
      return this;
    });
    const body = Buffer.concat([form(unread), file('0', 'x'), END]);
    const line = await UploadLine.open(app);
    line.head(body.length, multipart(buyer.token));
    line.send(body);
    expect(await line.status()).toBe(200);
    spied.mockRestore();
    const lifted = bounds.indexOf(0);
    expect(lifted).toBeGreaterThanOrEqual(0);
    expect(bounds[lifted + 1]).toBeGreaterThanOrEqual(120_000);
  });

  it('is told at once of a length that is too large', async () => {
    const line = await UploadLine.open(app);
    line.head(100 * MB, multipart(buyer.token));
    expect(await line.status()).toBe(413);
    expect(await line.flood(Buffer.alloc(MB), 100 * MB)).toBeLessThan(100 * MB);
  });

  it('is told of a file that is too large as soon as it is, and cut off where it goes on', async () => {
    const errors = uncaught();
    const line = await UploadLine.open(app);
    line.head('chunked', multipart(buyer.token));
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    line.send(chunk(Buffer.concat([form(unread), fileHead('0')])));
    line.send(chunk(Buffer.alloc(MB + 1, 'x')));
    expect(await line.status()).toBe(413);
    expect(await line.flood(chunk(Buffer.alloc(MB, 'x')), 60 * MB)).toBeLessThan(60 * MB);
    await until('the cut', () => line.isClosed);
    await filesUnderWay(0);
    expect(errors).toEqual([]);
  });

  it('is cut off where a file that nobody named has no end', async () => {
    const line = await UploadLine.open(app);
    line.head('chunked', multipart(buyer.token));
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    line.send(chunk(Buffer.concat([form(unread), fileHead('9')])));
    expect(await line.flood(chunk(Buffer.alloc(MB, 'x')), 130 * MB)).toBeLessThan(130 * MB);
    expect(await line.status()).toBe(413);
    await filesUnderWay(0);
  });

  it('waits for no file because another one came twice, or belongs nowhere', async () => {
    const two = {
      operations: JSON.stringify({ query: '{ __typename }', variables: { files: [null, null] } }),
      map: JSON.stringify({ 0: ['variables.files.0'], 1: ['variables.files.1'] }),
    };
    const content = Buffer.alloc(MB / 2, 'x');
    const files = [file('0', 'x'), file('0', content), file('9', content), file('1', content)];
    const answer = await send(app, '/graphql', {
      headers: multipart(buyer.token),
      body: form(two, ...files, END),
    });
    expect([answer.status, answer.body]).toEqual([200, { data: { __typename: 'Query' } }]);
    await filesUnderWay(0);
  });

  it('is good for the next request after a refusal, and after an answer that did not wait for the end', async () => {
    const line = await UploadLine.open(app);
    const good = Buffer.concat([form(unread), file('0', 'x'), END, Buffer.alloc(200_000)]);
    const bad = form({ ...unread, map: '{"0":["query"]}' }, file('0', Buffer.alloc(200_000)), END);
    line.head(bad.length, multipart(buyer.token));
    line.send(bad);
    expect(await line.status(1)).toBe(400);
    line.head(bad.length, multipart());
    line.send(bad);
    expect(await line.status(2)).toBe(401);
    line.head(good.length, multipart(buyer.token));
    line.send(good);
    expect(await line.status(3)).toBe(200);
    line.head(good.length, multipart(buyer.token));
    line.send(good);
    expect(await line.status(4)).toBe(200);
    expect(line.isClosed).toBe(false);
    line.destroy();
  });

  it('may be lost in the middle of a file: nothing is left of it', async () => {
    const errors = uncaught();
    const line = await begin(buyer);
    await filesUnderWay(1);
    line.destroy();
    await filesUnderWay(0);
    await expectService();
    expect(errors).toEqual([]);
  });

  it.each([
    ['before its first byte', Buffer.alloc(0)],
    ['in its operations', form(unread).subarray(0, 100)],
    ['before its file', form(unread)],
  ])('may be lost %s', async (_name, sent) => {
    const errors = uncaught();
    const line = await UploadLine.open(app);
    line.head(MORE, multipart(buyer.token));
    line.send(sent);
    await new Promise((resolve) => setTimeout(resolve, 30));
    line.destroy();
    await filesUnderWay(0);
    await expectService();
    expect(errors).toEqual([]);
  });

  it('may be slow', async () => {
    const body = Buffer.concat([form(unread), file('0', 'slowly'), END]);
    const line = await UploadLine.open(app);
    line.head(body.length, multipart(buyer.token));
    for (let at = 0; at < body.length; at += 40) {
      line.send(body.subarray(at, at + 40));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await line.status()).toBe(200);
    line.destroy();
  });

  it('is one of ten that an account may have at once', async () => {
    const crowded = await app.build.buyer();
    const lines = await Promise.all(Array.from({ length: 10 }, () => begin(crowded)));
    await filesUnderWay(10);
    const post = (person: Person) =>
      send(app, '/graphql', {
        headers: multipart(person.token),
        body: Buffer.concat([form(unread), file('0', 'x'), END]),
      });
    const refused = await post(crowded);
    expect(refusalIn(refused)).toEqual([429, 'RATE_LIMITED']);
    expect(refused.headers['retry-after']).toBe('1');
    expect((await post(buyer)).status).toBe(200);
    lines[0]?.destroy();
    await filesUnderWay(9);
    expect((await post(crowded)).status).toBe(200);
    for (const line of lines) line.destroy();
    await filesUnderWay(0);
  });
});

describe('a stop', () => {
  it('waits for no upload', async () => {
    const errors = uncaught();
    const app = new TestApp('sqlite', { config });
    await app.start();
    const { token } = await app.build.buyer();
    const lines = await Promise.all(
      Array.from({ length: 3 }, async (_, index) => {
        const line = await UploadLine.open(app);
        line.head(half.length + MORE, multipart(index === 0 ? undefined : token));
        line.send(half);
        return line;
      }),
    );
    await expect.poll(async () => (await underWay(app)).filter((path) => path.includes('/')).length).toBe(2);
    const before = performance.now();
    await app.stop();
    expect(performance.now() - before).toBeLessThan(2_500);
    for (const line of lines) await until('the cut', () => line.isClosed);
    expect(errors).toEqual([]);
  });
});
