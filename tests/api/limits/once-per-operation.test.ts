import { beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { ask, transports } from './asking.js';

describe('one login per operation', () => {
  const app = useApp('sqlite');
  let person: Person;
  beforeAll(async () => {
    person = await app.build.buyer();
  });

  const login = (alias: string, password = person.password) =>
    `${alias} login(input: { email: "${person.email}", password: "${password}" }) { user { id } }`;

  describe.each(transports)('over %s', (over) => {
    it.each<[string, () => string]>([
      ['under two aliases', () => `mutation { ${login('a:')} ${login('b:')} }`],
      ['in a fragment', () => `mutation { ${login('')} ...F } fragment F on Mutation { ${login('b:')} }`],
      [
        'with another password',
        () => `mutation { ${login('a:', 'guess number 1')} ${login('b:', 'guess number 2')} }`,
      ],
    ])('refuses a second one %s before anything runs', async (_name, query) => {
      let answer: unknown;
      const statements = await app.statements(async () => {
        answer = await ask(app, over, { query: query() });
      });
      expect(answer).toEqual({
        status: over === 'HTTP' ? 400 : null,
        data: null,
        errors: [
          {
            message: 'login may stand once in an operation, aliases included.',
            extensions: { code: 'BAD_USER_INPUT', statusCode: 400, requestId: expect.any(String) },
          },
        ],
      });
      expect(statements).toEqual([]);
    });

    it('lets one pass', async () => {
      const { data, errors } = await ask(app, over, { query: `mutation { ${login('a:')} }` });
      expect([data, errors]).toEqual([{ a: { user: { id: person.id } } }, null]);
    });
  });

  it.each(['register', 'changePassword', 'resetPassword', 'requestPasswordReset', 'deleteAccount'])(
    'holds for %s',
    async (field) => {
      const query = `mutation { a: ${field} { x } b: ${field} { x } }`;
      const { errors } = await ask(app, 'HTTP', { query });
      expect(errors?.map(({ message }) => message)).toEqual([
        `${field} may stand once in an operation, aliases included.`,
      ]);
    },
  );
});
