import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { useApp } from '../support/app.js';

/**
 * What Apollo Server does otherwise, by the audit's id. Nothing that MUST be may stand here, and nothing that would
 * pass: the list only shrinks.
 */
const brokenByApollo: Readonly<Record<string, string>> = {
  '572B': 'a document that cannot be parsed is a 400 whatever the client accepts',
  FDE2: 'a document that does not fit the schema is a 400 whatever the client accepts',
  '7B9B':
    'variables that do not fit are a 400 whatever the client accepts (status400ForVariableCoercionErrors)',
};

/** A GET has to say by this header that no browser sent it for a foreign page: Apollo's prevention of CSRF. */
const notForged: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers);
  headers.set('apollo-require-preflight', 'true');
  return fetch(url, { ...init, headers });
};

describe('GraphQL over HTTP, by the audits of graphql-http', () => {
  const app = useApp('sqlite');
  const audits = serverAudits({ url: () => `${app.url}/graphql`, fetchFn: notForged });

  it.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))('$id $name', async ({ id, name, fn }) => {
    const result = await fn();
    if (!(id in brokenByApollo)) return expect(result).toMatchObject({ status: 'ok' });
    expect(name).not.toMatch(/^MUST/);
    expect(result.status).not.toBe('ok');
  });

  it('knows each audit that is on the allow-list', () => {
    expect(Object.keys(brokenByApollo).filter((id) => !audits.some((audit) => audit.id === id))).toEqual([]);
  });
});
