import { describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import { storedIn } from '../access/stored.js';
import { graphql, send } from '../hostile/wire.js';

const preflight = { 'apollo-require-preflight': 'true' };

describe('methods at /graphql', () => {
  const app = useApp('sqlite');

  it('GET takes no mutation: 405 in the answer and in its error, and nothing is done', async () => {
    const { buyer } = await app.build.negotiation();
    const before = await storedIn(app);
    const query = encodeURIComponent('mutation { markAllNotificationsRead { count } }');
    const { status, headers, body } = await send(app, `/graphql?query=${query}`, {
      method: 'GET',
      headers: { ...preflight, authorization: `Bearer ${buyer.token}` },
    });
    expect([status, headers.allow]).toEqual([405, 'POST']);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', statusCode: 405 } }] });
    expect(await storedIn(app)).toEqual(before);
  });

  it('an answer that the client does not accept is a 406 in both places', async () => {
    const { status, body } = await graphql(app, { query: '{ __typename }' }, { accept: 'image/png' });
    expect(status).toBe(406);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', statusCode: 406 } }] });
  });

  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE'])('%s is refused with those that are taken', async (method) => {
    for (const path of ['/graphql', '/graphql/', '/graphql?query={__typename}']) {
      const { status, headers } = await send(app, path, { method, headers: preflight });
      expect([status, headers.allow]).toEqual([405, 'GET, POST']);
    }
  });

  it('OPTIONS says which are taken', async () => {
    const { status, headers, body } = await send(app, '/graphql/', { method: 'OPTIONS' });
    expect([status, headers.allow, body]).toEqual([204, 'GET, POST', '']);
  });
});
