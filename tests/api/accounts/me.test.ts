import { describe, expect, it } from 'vitest';
import { MeDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';

describe.each(databaseKinds)('me on %s', (kind) => {
  const app = useApp(kind);

  it("is the viewer's own account", async () => {
    const buyer = await app.build.buyer({ firstName: 'Ada', lastName: 'Lovelace' });
    expect((await app.ok(MeDocument, {}, buyer)).me).toEqual({
      id: buyer.id,
      email: buyer.email,
      userType: 'BUYER',
      emailVerified: false,
      createdAt: app.clock.now().toISOString(),
      profile: {
        firstName: 'Ada',
        lastName: 'Lovelace',
        phone: null,
        city: null,
        state: null,
        postalCode: null,
      },
    });
  });

  it('is null for a guest', async () => {
    expect(await app.request(MeDocument)).toEqual({ status: 200, data: { me: null } });
  });

  it('is null for somebody whose token has expired, without an error: it is public', async () => {
    const buyer = await app.build.buyer();
    app.clock.advance(HOUR + 6_000);
    expect(await app.request(MeDocument, {}, buyer)).toEqual({ status: 200, data: { me: null } });
  });

  it('is null once the account is gone', async () => {
    const buyer = await app.build.buyer();
    await app.orm.em.fork().getConnection().execute('delete from users where id = ?', [buyer.id]);
    expect((await app.ok(MeDocument, {}, buyer)).me).toBeNull();
  });

  it('costs one statement, of the columns asked for, and none for the token', async () => {
    const buyer = await app.build.buyer();
    const statements = await app.statements(() => app.ok('{ me { id email profile { city } } }', {}, buyer));
    expect(statements).toHaveLength(1);
    expect(statements[0]).toContain('"city"');
    expect(statements[0]).not.toMatch(/password_hash|user_type/);
    expect(await app.statements(() => app.ok('{ me { id } }'))).toEqual([]);
  });
});
