import { type OutgoingHttpHeaders, request } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LogoutDocument, MeDocument, RefreshTokenDocument } from '../../generated/operations.js';
import { testSecret, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { RawSocket } from '../../support/raw-socket.js';
import { claimsOf, stored } from './stored.js';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bytes = (secret: string) => new TextEncoder().encode(secret);

interface Forgery {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: Uint8Array | CryptoKey;
}

const rsa = await generateKeyPair('RS256');
const oneself = bytes('the key of the stranger who signs, 0123456789');
const jwk = { ...(await exportJWK(oneself)), kid: 'test', alg: 'HS256' };
/** As seconds; later than any test runs. */
const FAR = 32_503_680_000;

/** Each differs from a good token in one thing. */
const forgeries: Array<[what: string, forgery: Forgery]> = [
  ['signed with another secret', { key: oneself }],
  ['signed with zeros', { key: new Uint8Array(32) }],
  ['of an unknown key', { header: { kid: 'other' } }],
  ['without a key id', { header: { kid: undefined } }],
  ['of a key id that is no text', { header: { kid: 7 } }],
  ['of a key id that every object has', { header: { kid: '__proto__' } }],
  ['of a key id that is a path', { header: { kid: '../../../dev/null' }, key: new Uint8Array(32) }],
  ['signed with HS512', { header: { alg: 'HS512' }, key: bytes(testSecret.repeat(2)) }],
  ['signed with RS256', { header: { alg: 'RS256' }, key: rsa.privateKey }],
  ['that brings its own key', { header: { jwk }, key: oneself }],
  ['that says where its key lies', { header: { jku: 'http://127.0.0.1:1/jwks.json' }, key: oneself }],
  ['that says whose certificate it has', { header: { x5u: 'http://127.0.0.1:1/x.pem' }, key: oneself }],
  ['that wants an extension understood', { header: { crit: ['exp'], exp: FAR } }],
  ['of type JWT', { header: { typ: 'JWT' } }],
  ['without a type', { header: { typ: undefined } }],
  ['of another issuer', { claims: { iss: 'somebody-else' } }],
  ['for another audience', { claims: { aud: 'another-api' } }],
  ['without iss', { claims: { iss: undefined } }],
  ['without aud', { claims: { aud: undefined } }],
  ['without exp', { claims: { exp: undefined } }],
  ['without iat', { claims: { iat: undefined } }],
  ['without nbf', { claims: { nbf: undefined } }],
  ['without sub', { claims: { sub: undefined } }],
  ['without sid', { claims: { sid: undefined } }],
  ['without jti', { claims: { jti: undefined } }],
  ['without a user type', { claims: { user_type: undefined } }],
  ['of an unknown user type', { claims: { user_type: 'ROOT' } }],
  ['of a user type that every object has', { claims: { user_type: 'constructor' } }],
  ['whose sub is no id', { claims: { sub: "' or 1=1" } }],
  ['whose sid is a list', { claims: { sid: ['a'] } }],
  ['that is not valid yet', { claims: { nbf: FAR } }],
  ['from the future', { claims: { iat: FAR, exp: FAR + 60 } }],
  ['whose exp is a text', { claims: { exp: 'never' } }],
  ['filled up beyond 4 KB', { claims: { filler: 'x'.repeat(4_096) } }],
];

// Tokens are read before anything is asked of a database: one kind will do.
describe('a token', () => {
  const app = useApp('sqlite');
  const sockets: RawSocket[] = [];
  // What is refused changes nothing, so that all of it may be tried on one account.
  let buyer: Person;
  let rival: Person;
  beforeAll(async () => {
    buyer = await app.build.buyer();
    rival = await app.build.buyer();
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });

  /** A token as the server would sign it, but for what is given. */
  const forged = (like: string, { claims = {}, header = {}, key = bytes(testSecret) }: Forgery) => {
    const typ = like === buyer.refreshToken ? 'rt+jwt' : 'at+jwt';
    const protectedHeader = { alg: 'HS256', kid: 'test', typ, ...header } as JWTHeaderParameters;
    return new SignJWT({ ...claimsOf(like), ...claims }).setProtectedHeader(protectedHeader).sign(key, {
      crit: { exp: true },
    });
  };

  /** Asks for what is refused to every viewer: FORBIDDEN means that the token was accepted. */
  const codeFor = async (token: string) => {
    const input = { refreshToken: rival.refreshToken };
    return app.errorOf(await app.request(LogoutDocument, { input }, { token })).code;
  };

  /** What connection_init comes to: who it is, or how the socket is closed. */
  const overSocket = async (token: string): Promise<string> => {
    const socket = await RawSocket.open(app);
    sockets.push(socket);
    socket.init(token);
    const acknowledged = await socket.next('connection_ack').catch(() => null);
    return acknowledged ? 'let in' : String((await socket.closing()).code);
  };

  const refresh = async (refreshToken: string) => {
    const { data, errors } = await app.request(RefreshTokenDocument, { input: { refreshToken } });
    return data ? 'done' : errors?.[0]?.extensions.code;
  };

  it('made by the same rules is accepted: what follows is refused for its one difference', async () => {
    const same = await forged(buyer.token, {});
    expect([await codeFor(same), await overSocket(same)]).toEqual(['FORBIDDEN', 'let in']);
    const other = await app.build.buyer();
    const { refreshToken } = other;
    const header = { alg: 'HS256', kid: 'test', typ: 'rt+jwt' };
    const spent = await new SignJWT(claimsOf(refreshToken))
      .setProtectedHeader(header)
      .sign(bytes(testSecret));
    expect(await refresh(spent)).toBe('done');
  });

  it.each(forgeries)(
    '%s is refused over HTTP, on a socket and as a refresh token',
    async (_what, forgery) => {
      const before = await stored(app);
      const access = await forged(buyer.token, forgery);
      expect([await codeFor(access), await overSocket(access)]).toEqual(['UNAUTHENTICATED', '4403']);
      expect(await refresh(await forged(buyer.refreshToken, forgery))).toBe('UNAUTHENTICATED');
      expect(await stored(app)).toEqual(before);
    },
  );

  const [header, payload, signature] = ['header', 'payload', 'signature'] as const;
  it.each([
    ['without an algorithm', { alg: 'none' }, ''],
    ['without an algorithm, in capitals', { alg: 'NONE' }, ''],
    ['without an algorithm, signed all the same', { alg: 'nOnE' }, signature],
    ['with an algorithm of another kind', { alg: ['HS256'] }, signature],
  ])('%s is refused', async (_what, { alg }, end) => {
    const parts = (like: string) => {
      const [, body, signed] = like.split('.');
      const typ = like === buyer.token ? 'at+jwt' : 'rt+jwt';
      return `${encode({ alg, kid: 'test', typ })}.${body}.${end && signed}`;
    };
    const before = await stored(app);
    expect(await codeFor(parts(buyer.token))).toBe('UNAUTHENTICATED');
    expect(await overSocket(parts(buyer.token))).toBe('4403');
    expect(await refresh(parts(buyer.refreshToken))).toBe('UNAUTHENTICATED');
    expect(await stored(app)).toEqual(before);
  });

  it.each([
    [header, { alg: 'HS256', kid: 'test', typ: 'at+jwt', extra: 1 }],
    [payload, { user_type: 'ADMIN' }],
    [signature, null],
  ])('whose %s was changed is refused', async (part, change) => {
    const [first, second, third] = buyer.token.split('.') as [string, string, string];
    const changed = {
      [header]: `${encode(change ?? {})}.${second}.${third}`,
      [payload]: `${first}.${encode({ ...claimsOf(buyer.token), ...change })}.${third}`,
      // The last digit of base64url may hold bits that count for nothing: another one in the middle.
      [signature]: `${first}.${second}.${third.slice(0, 9)}${third[9] === 'A' ? 'B' : 'A'}${third.slice(10)}`,
    }[part];
    expect([await codeFor(changed), await overSocket(changed)]).toEqual(['UNAUTHENTICATED', '4403']);
  });

  it('of one kind is not taken for the other', async () => {
    const before = await stored(app);
    expect(await codeFor(buyer.refreshToken)).toBe('UNAUTHENTICATED');
    expect(await overSocket(buyer.refreshToken)).toBe('4403');
    expect(await refresh(buyer.token)).toBe('UNAUTHENTICATED');
    expect(await stored(app)).toEqual(before);
  });

  it('is good from 5 s before its time to 5 s after it, for the skew of clocks', async () => {
    const now = Math.floor(app.clock.now().getTime() / 1_000);
    const codeWith = async (claims: object) => codeFor(await forged(buyer.token, { claims: { ...claims } }));
    const socketWith = async (claims: object) =>
      overSocket(await forged(buyer.token, { claims: { ...claims } }));
    expect(await codeWith({ nbf: now + 5 })).toBe('FORBIDDEN');
    expect(await codeWith({ nbf: now + 7 })).toBe('UNAUTHENTICATED');
    expect(await codeWith({ exp: now - 3 })).toBe('FORBIDDEN');
    expect(await codeWith({ exp: now - 6 })).toBe('TOKEN_EXPIRED');
    expect(await socketWith({ exp: now - 6 })).toBe('4403');
    expect(await refresh(await forged(buyer.refreshToken, { claims: { exp: now - 6 } }))).toBe(
      'TOKEN_EXPIRED',
    );
  });

  it.each(['garbage', '..', 'a.b.c', '....', 'e30.e30.e30', 'null', '%00', 'x'.repeat(5_000)])(
    'that is none is refused: %j',
    async (token) => {
      expect([await codeFor(token), await overSocket(token)]).toEqual(['UNAUTHENTICATED', '4403']);
      expect(await refresh(token)).toBe('UNAUTHENTICATED');
    },
  );

  it.each(['Basic', 'Token', 'bearer:'])('of the scheme %s is refused', async (scheme) => {
    const response = await fetch(`${app.url}/api/v1/auth/profile/`, {
      headers: { authorization: `${scheme} ${buyer.token}` },
    });
    expect([response.status, await response.json()]).toEqual([
      401,
      { detail: 'The token is not valid.', status_code: 401 },
    ]);
  });

  describe('in the query of an address', () => {
    const query = () =>
      ['access_token', 'token', 'authorization', 'Authorization']
        .map((name) => `${name}=${encodeURIComponent(`Bearer ${buyer.token}`)}&${name}=${buyer.token}`)
        .join('&');

    it('makes nobody a viewer over HTTP', async () => {
      const response = await fetch(`${app.url}/api/v1/auth/profile/?${query()}`);
      expect([response.status, await response.json()]).toEqual([
        401,
        { detail: 'Authentication credentials were not provided.', status_code: 401 },
      ]);
      const answer = await fetch(`${app.url}/graphql?${query()}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ me { id } }' }),
      });
      expect(await answer.json()).toEqual({ data: { me: null } });
    });

    it('makes nobody a viewer on a socket', async () => {
      const address = `${app.url.replace('http', 'ws')}/graphql?${query()}`;
      const socket = new WebSocket(address, 'graphql-transport-ws');
      const heard: string[] = [];
      await new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('open', () => socket.send('{"type":"connection_init"}'));
        socket.on('message', (data) => {
          const message = JSON.parse(String(data)) as { type: string; payload?: unknown };
          heard.push(message.type === 'next' ? JSON.stringify(message.payload) : message.type);
          if (message.type === 'connection_ack') {
            socket.send('{"type":"subscribe","id":"1","payload":{"query":"{ me { id } }"}}');
          }
          if (message.type === 'complete') resolve();
        });
      });
      socket.terminate();
      expect(heard).toEqual(['connection_ack', '{"data":{"me":null}}', 'complete']);
    });
  });

  describe('beside another one', () => {
    /** The status of a request with these Authorization headers, each on a line of its own. */
    const statusWith = (...authorization: string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request(
          `${app.url}/api/v1/auth/profile/`,
          // The types know no list here; Node sends one as so many lines.
          { agent: false, headers: { authorization } as unknown as OutgoingHttpHeaders },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        );
        asked.on('error', reject);
        asked.end();
      });

    it('is refused, whichever of the two is good: who else reads the request may have read the other', async () => {
      const [good, bad] = [`Bearer ${buyer.token}`, 'Bearer garbage'];
      expect(await statusWith(good)).toBe(200);
      for (const both of [
        [good, bad],
        [bad, good],
        [good, good],
        [good, ''],
        ['', good],
      ]) {
        expect([both, await statusWith(...both)]).toEqual([both, 401]);
      }
    });

    it('is refused on a socket too', async () => {
      const closedWith = (authorization: string | string[]) =>
        new Promise<number | 'let in'>((resolve, reject) => {
          const address = `${app.url.replace('http', 'ws')}/graphql`;
          const headers = { authorization } as unknown as Record<string, string>;
          const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
          socket.on('error', reject);
          socket.on('open', () => socket.send('{"type":"connection_init"}'));
          socket.on('close', (code) => resolve(code));
          socket.on('message', () => {
            resolve('let in');
            socket.terminate();
          });
        });
      const good = `Bearer ${buyer.token}`;
      expect(await closedWith(good)).toBe('let in');
      expect(await closedWith([good, good])).toBe(4403);
    });
  });

  it('was left as it was by all of that', async () => {
    expect((await app.ok(MeDocument, {}, buyer)).me?.id).toBe(buyer.id);
    expect(await refresh(buyer.refreshToken)).toBe('done');
  });
});
