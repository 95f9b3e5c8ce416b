import { beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import {
  BOUNDARY,
  END,
  field,
  file,
  fileHead,
  form,
  multipart,
  oneFile,
  storedFiles,
  uncaught,
  underWay,
  unread,
} from '../../support/multipart.js';
import { refusalIn, send } from '../hostile/wire.js';

const MAX_FILE = 2_000;

describe('a multipart request', () => {
  const app = useApp('sqlite', {
    config: { maxUploadBytes: MAX_FILE, maxCsvBytes: MAX_FILE, maxUploadFiles: 3, maxBodyBytes: 4_000 },
  });
  let buyer: Person;

  beforeAll(async () => {
    buyer = await app.build.buyer();
  });

  const post = (body: Buffer | string, headers: Record<string, string> = multipart(buyer.token)) =>
    send(app, '/graphql', { headers, body });

  const expectUntouched = async () => {
    expect(await storedFiles(app)).toEqual([]);
    expect(await underWay(app)).toEqual([]);
  };

  const { operations, map } = unread;
  const head = form(unread);
  const beginning = Buffer.from(`--${BOUNDARY}\r\n`);

  it.each<[name: string, body: Buffer | string, status: number, code: string]>([
    ['empty', '', 400, 'BAD_USER_INPUT'],
    ['text without parts', 'hello', 400, 'BAD_USER_INPUT'],
    ['nothing but its end', END, 400, 'BAD_USER_INPUT'],
    ['cut in the first header', beginning, 400, 'BAD_USER_INPUT'],
    ['cut in the operations', field('operations', operations).subarray(0, -20), 400, 'BAD_USER_INPUT'],
    ['without a map', Buffer.concat([field('operations', operations), END]), 400, 'BAD_USER_INPUT'],
    ['without operations', Buffer.concat([field('map', map), END]), 400, 'BAD_USER_INPUT'],
    [
      'in the wrong order',
      Buffer.concat([field('map', map), field('operations', operations), END]),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with two operations',
      Buffer.concat([
        field('operations', operations),
        field('operations', operations),
        field('map', map),
        END,
      ]),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with another field first',
      Buffer.concat([field('x', '1'), field('operations', operations), field('map', map), END]),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with a file first',
      Buffer.concat([file('0', 'x'), field('operations', operations), field('map', map), END]),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with a file before the map',
      Buffer.concat([field('operations', operations), file('0', 'x'), field('map', map), END]),
      400,
      'BAD_USER_INPUT',
    ],
    ['with operations that are no JSON', form({ operations: '{', map }, END), 400, 'BAD_USER_INPUT'],
    ['with a map that is no JSON', form({ operations, map: '{' }, END), 400, 'BAD_USER_INPUT'],
    ['with null operations', form({ operations: 'null', map }, END), 400, 'BAD_USER_INPUT'],
    ['with a null map', form({ operations, map: 'null' }, END), 400, 'BAD_USER_INPUT'],
    ['a batch', form({ operations: `[${operations}]`, map }, file('0', 'x'), END), 400, 'BAD_USER_INPUT'],
    ['without the file that it names', Buffer.concat([head, END]), 400, 'BAD_USER_INPUT'],
    ['with another file in its place', Buffer.concat([head, file('1', 'x'), END]), 400, 'BAD_USER_INPUT'],
    ['cut in the file', Buffer.concat([head, fileHead('0'), Buffer.from('half')]), 400, 'BAD_USER_INPUT'],
    ['without an end', Buffer.concat([head, file('0', 'x')]), 400, 'BAD_USER_INPUT'],
    [
      'with a header that is none, first',
      Buffer.concat([beginning, Buffer.from('Bad Header\r\n\r\n'), END]),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with a header that is none, in the place of the file',
      Buffer.concat([head, beginning, Buffer.from('Bad Header\r\n\r\n'), END]),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with an unknown charset',
      Buffer.concat([
        Buffer.from(
          `--${BOUNDARY}\r\ncontent-disposition: form-data; name="operations"\r\n` +
            `content-type: text/plain; charset=klingon\r\n\r\n${operations}\r\n`,
        ),
        field('map', map),
        END,
      ]),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'with operations that are too long',
      form(
        {
          operations: JSON.stringify({ query: `{ __typename }${' '.repeat(4_000)}`, variables: {} }),
          map: '{}',
        },
        END,
      ),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'with a map that is too long',
      form({ operations, map: `${map}${' '.repeat(4_000)}` }, END),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'with much before its beginning',
      Buffer.concat([Buffer.alloc(100_000, 'x'), Buffer.from('\r\n'), head, file('0', 'x'), END]),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'with places for too many files',
      form(
        {
          operations: JSON.stringify({
            query: '{ __typename }',
            variables: { files: [null, null, null, null] },
          }),
          map: JSON.stringify(Object.fromEntries([0, 1, 2, 3].map((n) => [n, [`variables.files.${n}`]]))),
        },
        END,
      ),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'with too many files before its own',
      Buffer.concat([head, ...[5, 6, 7, 8].map((name) => file(String(name), 'x')), file('0', 'x'), END]),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'with a file that is too large',
      Buffer.concat([head, file('0', Buffer.alloc(MAX_FILE + 1)), END]),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'with a file that is much too large',
      Buffer.concat([head, file('0', Buffer.alloc(150_000)), END]),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'with more behind its end than it may have in all',
      Buffer.concat([head, fileHead('9'), Buffer.alloc(300_000), Buffer.from('\r\n'), file('0', 'x'), END]),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
  ])('that is %s is refused', async (_name, body, status, code) => {
    const errors = uncaught();
    expect(refusalIn(await post(body))).toEqual([status, code]);
    expect(
      refusalIn(await send(app, '/graphql', { headers: multipart(buyer.token), body, chunked: true })),
    ).toEqual([status, code]);
    await expectUntouched();
    expect(errors).toEqual([]);
  });

  it.each([
    ['no boundary', 'multipart/form-data'],
    ['an empty list of parameters', 'multipart/form-data;'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['another boundary', 'multipart/form-data; boundary=other'],
    ['a boundary of another case', `multipart/form-data; boundary=${BOUNDARY.toUpperCase()}`],
  ])('whose header names %s is refused', async (_name, contentType) => {
    const headers = { ...multipart(buyer.token), 'content-type': contentType };
    const [status, code] = refusalIn(await post(Buffer.concat([head, file('0', 'x'), END]), headers));
    expect([status, code]).toEqual([status, status === 415 ? 'UNSUPPORTED_MEDIA_TYPE' : 'BAD_USER_INPUT']);
    expect([400, 415]).toContain(status);
    await expectUntouched();
  });

  it.each([
    ['a method of every object', '{"0":["hasOwnProperty.call"]}'],
    ['a method of the variables', '{"0":["variables.toString.call"]}'],
    ['the prototype of every object', '{"0":["variables.__proto__.polluted"]}'],
    ['the document', '{"0":["query"]}'],
  ])('cannot write into %s', async (_name, hostileMap) => {
    const before = [Object.prototype.hasOwnProperty.call, Object.prototype.toString.call];
    const body = form({ operations, map: hostileMap }, file('0', 'x'), END);
    try {
      expect(refusalIn(await post(body))).toEqual([400, 'BAD_USER_INPUT']);
    } finally {
      const after = [Object.prototype.hasOwnProperty.call, Object.prototype.toString.call];
      // The process of the tests would be broken as well.
      Object.assign(Object.prototype.hasOwnProperty, { call: Function.prototype.call });
      Object.assign(Object.prototype.toString, { call: Function.prototype.call });
      expect(after.map((method, index) => method === before[index])).toEqual([true, true]);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await expectUntouched();
  });

  it('is answered like any other where nobody reads its file', async () => {
    const { status, body } = await post(Buffer.concat([head, file('0', Buffer.alloc(MAX_FILE)), END]));
    expect([status, body]).toEqual([200, { data: { __typename: 'Query' } }]);
    await expectUntouched();
  });

  it('may have more in it than it says, which is thrown away', async () => {
    const more = [file('9', 'unnamed'), field('map', '{}'), file('0', 'x'), field('operations', '{}'), END];
    const { status, body } = await post(Buffer.concat([head, ...more, Buffer.alloc(10_000)]));
    expect([status, body]).toEqual([200, { data: { __typename: 'Query' } }]);
    await expectUntouched();
  });

  it('takes a file of exactly the largest size, and says so of what it is', async () => {
    const { status, body } = await post(form(oneFile, file('0', Buffer.alloc(MAX_FILE)), END));
    expect(status).toBe(200);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
    await expectUntouched();
  });

  it('brings its files in any order', async () => {
    const query = `mutation ($a: UploadAvatarInput!, $b: UploadAvatarInput!) {
      a: uploadAvatar(input: $a) { user { id } } b: uploadAvatar(input: $b) { user { id } } }`;
    const two = {
      operations: JSON.stringify({ query, variables: { a: { file: null }, b: { file: null } } }),
      map: JSON.stringify({ 0: ['variables.a.file'], 1: ['variables.b.file'] }),
    };
    const { body } = await post(
      form(two, file('1', Buffer.alloc(1_000)), file('0', Buffer.alloc(1_000)), END),
    );
    expect(body).toMatchObject({ errors: [{ path: ['a'] }] });
    await expectUntouched();
  });

  it('is an operation like others to the limits: they are asked before its files are received', async () => {
    const deep = {
      operations: JSON.stringify({ query: `{ ${'a { '.repeat(30)} b ${'}'.repeat(30)} }` }),
      map: '{}',
    };
    const [status] = refusalIn(await post(form(deep, END)));
    expect(status).toBe(400);
  });

  it.each(['/api/v1/auth/login/', '/graphiql', '/media/avatars/a.webp'])(
    'is taken at /graphql, not at %s',
    async (path) => {
      const body = Buffer.concat([head, file('0', 'x'), END]);
      const { status } = await send(app, path, { headers: multipart(buyer.token), body });
      expect([404, 405, 415]).toContain(status);
    },
  );
});
