import { beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { storedFiles, UPLOAD_AVATAR } from '../../support/multipart.js';
import { RawSocket } from '../../support/raw-socket.js';

const values: Array<[name: string, value: unknown]> = [
  ['a path', '/etc/passwd'],
  ['a data URL', 'data:image/png;base64,iVBORw0KGgo='],
  ['an object with a path', { path: '/etc/passwd', sizeBytes: 100 }],
  ['an object that looks like a library’s', { promise: {}, file: { createReadStream: null } }],
  ['a list', []],
  ['a number', 1],
  ['true', true],
];

describe('the scalar Upload', () => {
  const app = useApp('sqlite');
  let buyer: Person;

  beforeAll(async () => {
    buyer = await app.build.buyer();
  });

  it.each(values)('does not take %s out of JSON, over HTTP or WebSocket', async (_name, file) => {
    const variables = { input: { file } };
    expect(app.errorOf(await app.request(UPLOAD_AVATAR, variables, buyer))).toMatchObject({
      code: 'BAD_USER_INPUT',
      statusCode: 400,
    });
    const socket = await RawSocket.ready(app, buyer.token);
    socket.subscribe('1', UPLOAD_AVATAR, variables);
    expect(await socket.answer('1')).toEqual({ data: null, code: 'BAD_USER_INPUT' });
    socket.terminate();
    expect(await storedFiles(app)).toEqual([]);
  });

  it.each(['"/etc/passwd"', '{ path: "/etc/passwd", sizeBytes: 1 }', '[]', '1', 'FILE', 'null'])(
    'does not take the literal %s',
    async (literal) => {
      const document = `mutation { uploadAvatar(input: { file: ${literal} }) { user { id } } }`;
      expect(app.errorOf(await app.request(document, {}, buyer)).code).toBe('BAD_USER_INPUT');
    },
  );
});
