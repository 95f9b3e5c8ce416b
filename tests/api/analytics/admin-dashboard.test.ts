import { describe, expect, it } from 'vitest';
import { AdminDashboardDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY, HOUR } from '../../support/clock.js';
import { giveDocument } from '../../support/documents.js';
import { setStatus } from '../vehicles/stored.js';
import { execute, expectedOfMarket, rawOf, toMorning } from './world.js';

describe.each(databaseKinds)('adminDashboard on %s', (kind) => {
  const app = useApp(kind, { config: { accessTokenTtlMs: 36_500 * DAY } });
  const shown = async () =>
    (await app.ok(AdminDashboardDocument, {}, await app.build.admin())).adminDashboard;

  it('begins with nothing but its admin', async () => {
    expect(await shown()).toEqual({
      users: 1,
      buyers: 0,
      dealers: 0,
      dealersAwaitingReview: 0,
      vehiclesByStatus: ['DRAFT', 'ACTIVE', 'PENDING', 'SOLD', 'ARCHIVED'].map((status) => ({
        status,
        count: 0,
      })),
      negotiationsActive: 0,
      agreementsLast30Days: 0,
      agreedValueLast30Days: '0.00',
    });
  });

  it('counts accounts by type, waiting dealerships, vehicles by status and open negotiations', async () => {
    toMorning(app);
    await app.build.register({ userType: 'DEALER' });
    const waiting = await app.build.dealer({ verified: false });
    await giveDocument(app, waiting);
    await app.ok('mutation { submitDealerForVerification(input: {}) { dealer { id } } }', {}, waiting);
    const { vehicle } = await app.build.negotiation();
    await app.build.negotiation({ vehicle });
    const sold = await app.build.vehicle(vehicle.dealer);
    await setStatus(app, sold.id, 'SOLD');
    await app.build.vehicle(vehicle.dealer, { publish: false });
    const gone = await app.build.buyer();
    const LEAVE = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { success } }';
    await app.ok(LEAVE, { input: { password: gone.password } }, gone);

    expect(await shown()).toMatchObject({
      users: 6,
      buyers: 2,
      dealers: 3,
      dealersAwaitingReview: 1,
      vehiclesByStatus: [
        { status: 'DRAFT', count: 1 },
        { status: 'ACTIVE', count: 1 },
        { status: 'PENDING', count: 0 },
        { status: 'SOLD', count: 1 },
        { status: 'ARCHIVED', count: 0 },
      ],
      negotiationsActive: 2,
    });
    expect(await shown()).toEqual(expectedOfMarket(await rawOf(app), app.clock.now().getTime()));
    // Lapsed at this moment, whether or not it has been written down.
    app.clock.advance(48 * HOUR);
    expect((await shown()).negotiationsActive).toBe(0);
    expect(await execute(app, "select id from negotiations where status = 'ACTIVE'")).toHaveLength(2);
  });

  it('computes what is asked for, in six statements at most', async () => {
    const admin = await app.build.admin();
    const statementsOf = async (selection: string) =>
      (await app.statements(() => app.ok(`{ adminDashboard { ${selection} } }`, {}, admin))).length;
    expect(await statementsOf('__typename')).toBe(0);
    expect(await statementsOf('users buyers dealers')).toBe(1);
    expect(await statementsOf('dealersAwaitingReview')).toBe(1);
    expect(await statementsOf('agreementsLast30Days agreedValueLast30Days')).toBe(2);
    expect((await app.statements(shown)).length).toBe(6);
  });

  it.each([
    ['buyers', () => app.build.buyer(), 'FORBIDDEN'],
    ['dealers', () => app.build.dealer(), 'FORBIDDEN'],
    ['guests', async () => ({ token: undefined }), 'UNAUTHENTICATED'],
  ])('is not for %s', async (_who, make, code) => {
    expect(app.errorOf(await app.request(AdminDashboardDocument, {}, await make())).code).toBe(code);
  });
});
