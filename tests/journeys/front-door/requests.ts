import { gzipSync } from 'node:zlib';
import { json, refusalIn, type Sent, send } from '../../api/hostile/wire.js';
import { type Arena, type Attack, posted, spoken } from './attack.js';

const QUERY = '{"query": "{ __typename }"}';
const BAD = '400 BAD_USER_INPUT';
const preflight = { 'apollo-require-preflight': 'true' };

/** A request by Node's client: its status, and its code where GraphQL answers. */
function request(name: string, outcome: string, path: string, sent: Sent | ((arena: Arena) => Sent)): Attack {
  return {
    name,
    outcome,
    launch: async (arena) => {
      const answer = await send(arena.app, path, typeof sent === 'function' ? sent(arena) : sent);
      const [status, ...codes] = refusalIn(answer);
      return typeof codes[0] === 'string' && /^[A-Z_]+$/.test(codes[0])
        ? `${status} ${codes[0]}`
        : String(status);
    },
  };
}

/** Bytes on a line of their own. */
function bytes(name: string, outcome: string, text: string | Buffer): Attack {
  return { name, outcome, launch: ({ app }) => spoken(app, text) };
}

function multipart(parts: ReadonlyArray<readonly [name: string, content: string, filename?: string]>) {
  const body = parts
    .map(
      ([name, content, filename]) =>
        `--x\r\ncontent-disposition: form-data; name="${name}"${filename ? `; filename="${filename}"` : ''}\r\n\r\n${content}\r\n`,
    )
    .join('');
  return `${body}--x--\r\n`;
}

const form = { 'content-type': 'multipart/form-data; boundary=x' };
const UPLOAD = JSON.stringify({
  query: 'mutation ($file: Upload!) { uploadAvatar(input: { file: $file }) { user { id } } }',
  variables: { file: null },
});
const signed = ({ person }: Arena) => ({ authorization: `Bearer ${person.token}` });

export const requests: readonly Attack[] = [
  {
    name: 'a batch of a thousand',
    outcome: BAD,
    launch: ({ app }) => posted(app, `[${Array(1_000).fill(QUERY).join()}]`),
  },
  {
    name: 'a body over 100 KB',
    outcome: '413 PAYLOAD_TOO_LARGE',
    launch: ({ app }) => posted(app, { query: `#${'x'.repeat(102_400)}` }),
  },
  request('a body over 100 KB that does not say so', '413 PAYLOAD_TOO_LARGE', '/graphql', {
    headers: json,
    body: `{"query": "${'x'.repeat(200_000)}"}`,
    chunked: true,
  }),
  request('a body that would unpack to 50 MB', BAD, '/graphql', {
    headers: { ...json, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(50_000_000)),
  }),
  request('a body that names its prototype', BAD, '/graphql', {
    headers: json,
    body: '{"query": "{ __typename }", "__proto__": {"a": 1}}',
  }),
  request('a body of a hundred thousand lists', '413 PAYLOAD_TOO_LARGE', '/graphql', {
    headers: json,
    body: '['.repeat(110_000),
  }),
  request('a body that is not UTF-8', BAD, '/graphql', {
    headers: json,
    body: Buffer.concat([
      Buffer.from('{"query": "{ me { '),
      Buffer.from([0xff, 0xfe, 0xc0]),
      Buffer.from(' } }"}'),
    ]),
  }),
  request('a form of a foreign page', '415 UNSUPPORTED_MEDIA_TYPE', '/graphql', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'query=%7B__typename%7D',
  }),
  request('a text of a foreign page', '415 UNSUPPORTED_MEDIA_TYPE', '/graphql', {
    headers: { 'content-type': 'text/plain' },
    body: QUERY,
  }),
  request('a picture of a foreign page', BAD, '/graphql?query=%7B__typename%7D', { method: 'GET' }),
  request(
    'a mutation by GET',
    '405 BAD_USER_INPUT',
    '/graphql?query=mutation%7BmarkAllNotificationsRead%7Bcount%7D%7D',
    {
      method: 'GET',
      headers: preflight,
    },
  ),
  request('a token in the address', '200 UNAUTHENTICATED', '/graphql?access_token=x&token=x', {
    headers: json,
    body: '{"query": "{ negotiations { totalCount } }"}',
  }),
  request('a token of five kilobytes', '200 UNAUTHENTICATED', '/graphql', {
    headers: { ...json, authorization: `Bearer ${'a.'.repeat(2_500)}` },
    body: '{"query": "{ negotiations { totalCount } }"}',
  }),
  request('headers over 16 KiB', '431', '/graphql', {
    headers: { ...json, cookie: 'a'.repeat(17_000) },
    body: QUERY,
  }),
  request('three thousand headers', '431', '/graphql', {
    headers: Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`x-${i}`, 'y'])),
    body: QUERY,
  }),
  request('a form without the header of no browser', BAD, '/graphql', {
    headers: form,
    body: multipart([['operations', UPLOAD]]),
  }),
  request('a map into what all objects have', BAD, '/graphql', (arena) => ({
    headers: { ...form, ...preflight, ...signed(arena) },
    body: multipart([
      ['operations', UPLOAD],
      ['map', '{"0": ["hasOwnProperty.call"]}'],
      ['0', 'x', 'a.png'],
    ]),
  })),
  request('a map into the prototype of a variable', BAD, '/graphql', (arena) => ({
    headers: { ...form, ...preflight, ...signed(arena) },
    body: multipart([
      ['operations', UPLOAD],
      ['map', '{"0": ["variables.toString.call"]}'],
      ['0', 'x', 'a.png'],
    ]),
  })),
  request('a form that breaks off', BAD, '/graphql', (arena) => ({
    headers: { ...form, ...preflight, ...signed(arena) },
    body: '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query',
  })),
  request('a form of a batch', BAD, '/graphql', (arena) => ({
    headers: { ...form, ...preflight, ...signed(arena) },
    body: multipart([
      ['operations', `[${UPLOAD}]`],
      ['map', '{"0": ["0.variables.file"]}'],
      ['0', 'x', 'a.png'],
    ]),
  })),
  request('a program called a picture', '200 UNSUPPORTED_MEDIA_TYPE', '/graphql', (arena) => ({
    headers: { ...form, ...preflight, ...signed(arena) },
    body: multipart([
      ['operations', UPLOAD],
      ['map', '{"0": ["variables.file"]}'],
      ['0', 'MZ\u0090\u0000', 'holiday.png'],
    ]),
  })),
  request('a way out of the folder of pictures', '404', '/media/../../etc/passwd', { method: 'GET' }),
  request('a way out that is encoded', '404', '/media/%2e%2e%2f%2e%2e%2fetc%2fpasswd', { method: 'GET' }),
  request('a name with a NUL in it', '404', '/media/avatars/a%00.webp', { method: 'GET' }),
  request('a path that cannot be decoded', '400', '/%zz', { method: 'GET' }),
  request('a private file without a signature', '404', '/media/dealer_documents/0192f0c1.pdf', {
    method: 'GET',
  }),
  request('an unknown path', '404', '/wp-login.php', { method: 'GET' }),
  request('a method that is not for this path', '405', '/api/v1/auth/login/', { method: 'DELETE' }),
  request('TRACE', '405 BAD_USER_INPUT', '/graphql', { method: 'TRACE' }),
  request('a password of a megabyte', '413', '/api/v1/auth/login/', {
    headers: json,
    body: JSON.stringify({ email: 'a@b.cd', password: 'x'.repeat(1_000_000) }),
  }),
  request('a password of one letter with 45 thousand accents', '401', '/api/v1/auth/login/', {
    headers: json,
    body: JSON.stringify({
      email: 'a@b.cd',
      password: `a${'\u0301'.repeat(22_500)}${'\u0316'.repeat(22_500)}`,
    }),
  }),
  request('a password that everybody has', '400', '/api/v1/auth/register/', {
    headers: json,
    body: JSON.stringify({ email: 'a@example.com', password: 'password123', user_type: 'buyer' }),
  }),
  request('the powers of an admin for the asking', '400', '/api/v1/auth/register/', {
    headers: json,
    body: JSON.stringify({ email: 'a@example.com', password: 'a long enough one', user_type: 'admin' }),
  }),
  bytes('no HTTP at all', '400', 'EHLO you\r\n\r\n'),
  bytes(
    'two lengths of one body',
    '400',
    'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello',
  ),
  bytes(
    'a length and chunks at once',
    '400',
    'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ),
  bytes('a header that begins with a blank', '400', 'GET / HTTP/1.1\r\n host: a\r\n\r\n'),
  bytes('a line feed in a header', '400', 'GET / HTTP/1.1\r\nhost: a\r\nx: a\rb\r\n\r\n'),
  bytes('an address of twenty kilobytes', '431', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`),
  bytes(
    'a chunk of a length that is none',
    '400',
    'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
  ),
];
