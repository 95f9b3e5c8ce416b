import { beforeAll, describe, expect, it } from 'vitest';
import { MyInventoryDocument, type MyInventoryQueryVariables } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { setStatus } from './stored.js';

describe.each(databaseKinds)('myInventory on %s', (kind) => {
  const app = useApp(kind);
  const names = new Map<string, string>();
  let dealer: DealerPerson;
  let vin = '';

  beforeAll(async () => {
    dealer = await app.build.dealer();
    const vehicles = {
      draft: { make: 'Toyota', model: 'Camry', publish: false, stockNumber: 'AB-100%' },
      active: { make: 'Škoda', model: 'Octavia', stockNumber: 'ab_200' },
      archived: { make: 'Honda', model: 'Civic' },
      pending: { make: 'Ford', model: 'F-150' },
      sold: { make: 'Ford', model: 'Camrio' },
    };
    for (const [name, overrides] of Object.entries(vehicles)) {
      const vehicle = await app.build.vehicle(dealer, overrides);
      names.set(vehicle.id, name);
      if (name === 'active') vin = vehicle.vin;
      if (name === 'archived' || name === 'pending' || name === 'sold') {
        await setStatus(app, vehicle.id, name.toUpperCase() as 'SOLD');
      }
    }
    await app.build.vehicle();
  });

  const found = async (variables: MyInventoryQueryVariables) => {
    const { myInventory } = await app.ok(MyInventoryDocument, variables, dealer);
    expect(myInventory.totalCount).toBe(myInventory.nodes.length);
    return myInventory.nodes.map(({ id }) => names.get(id) ?? id).sort();
  };
  const all = ['active', 'archived', 'draft', 'pending', 'sold'];

  const cases: Array<[MyInventoryQueryVariables, string[]]> = [
    [{}, all],
    [{ statuses: [], search: ' ' }, all],
    [{ statuses: null, search: null, orderBy: null }, all],
    [{ statuses: ['DRAFT', 'SOLD', 'SOLD'] }, ['draft', 'sold']],
    [{ search: 'CAM' }, ['draft', 'sold']],
    [{ search: 'CAM', statuses: ['SOLD'] }, ['sold']],
    [{ search: 'šKO' }, ['active']],
    [{ search: 'ab' }, ['active', 'draft']],
    [{ search: 'B-1' }, ['draft']],
    [{ search: '%' }, ['draft']],
    [{ search: '_' }, ['active']],
    [{ search: '\\' }, []],
    [{ search: "' or 1=1 --" }, []],
  ];
  it.each(cases)('lists its own by %j', async (variables, expected) => {
    expect(await found(variables)).toEqual(expected);
  });

  it('finds a part of the VIN, whatever its case', async () => {
    expect(await found({ search: vin.slice(9).toLowerCase() })).toEqual(['active']);
  });

  it('is empty before the dealership is registered', async () => {
    const account = await app.build.register({ userType: 'DEALER' });
    const { myInventory } = await app.ok(MyInventoryDocument, {}, account);
    expect(myInventory).toEqual({
      totalCount: 0,
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('refuses guests, buyers and admins', async () => {
    const codes = [];
    for (const person of [undefined, await app.build.buyer(), await app.build.admin()]) {
      codes.push(app.errorOf(await app.request(MyInventoryDocument, {}, person)).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN']);
  });

  it('refuses more than 50 statuses and a search that no database can hold', async () => {
    const faults: Array<[MyInventoryQueryVariables, string]> = [
      [{ statuses: Array(51).fill('SOLD') }, 'statuses'],
      [{ search: '\u0000' }, 'search'],
      [{ search: 'x'.repeat(101) }, 'search'],
    ];
    for (const [variables, field] of faults) {
      const error = app.errorOf(await app.request(MyInventoryDocument, variables, dealer));
      expect(Object.keys(error.fields ?? {})).toEqual([field]);
    }
  });
});
