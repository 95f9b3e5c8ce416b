import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle, DealerPerson } from '../../support/builders.js';

const SIMILAR = `query ($id: ID!, $first: Int) {
  similarVehicles(vehicleId: $id, first: $first) { id make status dealer { id } }
}`;
const FIELD = `query ($filter: VehicleFilter, $first: Int) {
  vehicles(filter: $filter, orderBy: PRICE_ASC, first: $first) { nodes { id similar(first: 3) { id make dealer { id } } } }
}`;

interface Some {
  similarVehicles: Array<{ id: string; status: string }>;
}

describe.each(databaseKinds)('similar vehicles on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let own: BuiltVehicle;
  const list = (over: Record<string, unknown>) => app.build.vehicle(dealer, over);
  const similarTo = async (id: string, first?: number, who?: DealerPerson) =>
    (await app.ok<Some, object>(SIMILAR, { id, ...(first === undefined ? {} : { first }) }, who))
      .similarVehicles;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });
  beforeEach(async () => {
    await app.orm.em.fork().getConnection().execute('delete from vehicles');
    own = await list({ bodyType: 'SUV', askingPrice: '20000.00' });
  });

  it('are the same body and price first, then the body, then the price', async () => {
    const rest = await list({ make: 'A', bodyType: 'SEDAN', askingPrice: '90000.00' });
    const band = await list({ make: 'A', bodyType: 'SEDAN', askingPrice: '21000.00' });
    const body = await list({ make: 'A', bodyType: 'SUV', askingPrice: '50000.00' });
    const both = await list({ make: 'A', bodyType: 'SUV', askingPrice: '16000.00' });
    const ids = (await similarTo(own.id)).map(({ id }) => id);
    expect(ids).toEqual([both, body, band, rest].map(({ id }) => id));
    expect((await similarTo(own.id, 2)).map(({ id }) => id)).toEqual([both.id, body.id]);
  });

  it('are ACTIVE, and never the vehicle itself', async () => {
    await list({ bodyType: 'SUV', askingPrice: '20000.00', publish: false });
    const gone = await list({ bodyType: 'SUV', askingPrice: '20000.00' });
    await app.ok(
      'mutation ($input: VehicleIdInput!) { archiveVehicle(input: $input) { vehicle { id } } }',
      { input: { id: gone.id } },
      dealer,
    );
    const other = await list({ bodyType: 'SUV', askingPrice: '20000.00' });
    expect(await similarTo(own.id)).toMatchObject([{ id: other.id, status: 'ACTIVE' }]);
  });

  it('are six where nobody says how many', async () => {
    for (let i = 0; i < 8; i++) await list({ bodyType: 'SUV', askingPrice: '20000.00' });
    expect(await similarTo(own.id)).toHaveLength(6);
    expect(await similarTo(own.id, 8)).toHaveLength(8);
  });

  it.each([0, -1, 25])('refuse a number of %i', async (first) => {
    const response = await app.request(SIMILAR, { id: own.id, first });
    expect(app.errorOf(response)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { first: [expect.anything()] },
    });
  });

  it('are NOT_FOUND of a vehicle that the viewer may not see', async () => {
    const draft = await list({ bodyType: 'SUV', publish: false });
    const unknown = '0192f0c1-2345-7abc-8def-0123456789ab';
    for (const id of [draft.id, unknown, 'no id']) {
      expect(app.errorOf(await app.request(SIMILAR, { id })).code).toBe('NOT_FOUND');
    }
    expect(await similarTo(draft.id, 6, dealer)).toMatchObject([{ id: own.id }]);
  });

  it('of a whole list are read by two statements more, however long it is', async () => {
    for (let i = 0; i < 12; i++)
      await list({ bodyType: i % 2 ? 'SUV' : 'VAN', askingPrice: `${15_000 + i}.00` });
    const statements = async (first: number) =>
      (await app.statements(() => app.ok(FIELD, { filter: { dealerId: dealer.dealerId }, first }))).length;
    expect(await statements(2)).toBe(3);
    expect(await statements(12)).toBe(3);
  });
});
