import { beforeAll, describe, expect, it } from 'vitest';
import { UpdateVehicleDocument, type UpdateVehicleInput } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle, DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { useLive } from '../../support/live.js';
import { bring } from './bulk/files.js';
import { announced, refused, setStatus, stored } from './stored.js';

const CREATE = `mutation ($input: CreateVehicleInput!) {
  createVehicle(input: $input) { vehicle { id negotiationRules { autoAcceptAt autoDeclineBelow } } }
}`;
const RULES = 'query ($id: ID!) { vehicle(id: $id) { negotiationRules { autoAcceptAt autoDeclineBelow } } }';

type Row = Record<string, unknown>;
type Changes = Omit<UpdateVehicleInput, 'id'>;
type Rules = { autoAcceptAt: string | null; autoDeclineBelow: string | null } | null;

/** A row without what only its dealer can see, and the figures of that. */
function withoutRules(row: unknown): unknown {
  const { auto_accept_at: _accept, auto_decline_below: _decline, ...rest } = row as Row;
  return rest;
}

describe.each(databaseKinds)("the dealer's rules of a vehicle on %s", (kind) => {
  const app = useApp(kind);
  const live = useLive(app);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  const listed = (overrides: Record<string, unknown> = {}) => app.build.vehicle(dealer, overrides);
  const ruled = () => listed({ autoAcceptAt: '18000', autoDeclineBelow: '12000' });
  const update = ({ id }: BuiltVehicle, changes: Changes) =>
    app.request(UpdateVehicleDocument, { input: { id, ...changes } }, dealer);
  const rulesOf = async ({ id }: BuiltVehicle, who: { token?: string } = dealer): Promise<Rules> =>
    (await app.ok<{ vehicle: { negotiationRules: Rules } }, object>(RULES, { id }, who)).vehicle
      .negotiationRules;
  const create = (changes: object) => {
    const input = {
      vin: app.build.vin(),
      make: 'Kia',
      model: 'Rio',
      year: 2020,
      mileage: 1,
      askingPrice: '20000',
    };
    return app.request(CREATE, { input: { ...input, ...changes } }, dealer);
  };

  it('are told to the owner in the answer to its listing, and to nobody else', async () => {
    const { data } = await create({ autoAcceptAt: '18000', autoDeclineBelow: '12000.50', publish: true });
    const { vehicle } = (data as { createVehicle: { vehicle: BuiltVehicle & { negotiationRules: Rules } } })
      .createVehicle;
    const rules = { autoAcceptAt: '18000.00', autoDeclineBelow: '12000.50' };
    expect(vehicle.negotiationRules).toEqual(rules);
    const others = [{}, await app.build.buyer(), await app.build.dealer(), await app.build.admin()];
    for (const who of others) expect(await rulesOf(vehicle, who)).toBeNull();
    expect(await rulesOf(vehicle)).toEqual(rules);
  });

  it('are an object without amounts to the owner of a vehicle that has none', async () => {
    expect(await rulesOf(await listed({ publish: false }))).toEqual({
      autoAcceptAt: null,
      autoDeclineBelow: null,
    });
  });

  it.each([
    [{ autoAcceptAt: '20000.01' }, { autoAcceptAt: ['Ensure this value is not above the asking price.'] }],
    [
      { autoDeclineBelow: '20000.01' },
      { autoDeclineBelow: ['Ensure this value is not above the asking price.'] },
    ],
    [
      { autoAcceptAt: '15000', autoDeclineBelow: '15000' },
      { autoDeclineBelow: ['Ensure this value is below autoAcceptAt.'] },
    ],
    [
      { autoAcceptAt: '0', mileage: -1 },
      {
        autoAcceptAt: ['Ensure this value is between 1.00 and 10000000.00.'],
        mileage: ['Ensure this value is between 0 and 2000000.'],
      },
    ],
  ])('are refused as %o, and nothing is listed', async (changes, fields) => {
    expect(await refused(app, () => create(changes))).toMatchObject({ code: 'BAD_USER_INPUT', fields });
  });

  it('may be the asking price itself, each alone', async () => {
    for (const rule of ['autoAcceptAt', 'autoDeclineBelow']) {
      expect((await create({ [rule]: '20000' })).errors).toBeUndefined();
    }
  });

  it('stay where an update does not name them, and are cleared by null', async () => {
    const vehicle = await ruled();
    await update(vehicle, { trim: 'LE', askingPrice: '19000' });
    expect(await rulesOf(vehicle)).toEqual({ autoAcceptAt: '18000.00', autoDeclineBelow: '12000.00' });
    await update(vehicle, { autoAcceptAt: null });
    expect(await rulesOf(vehicle)).toEqual({ autoAcceptAt: null, autoDeclineBelow: '12000.00' });
    await update(vehicle, { autoDeclineBelow: null, autoAcceptAt: '17000' });
    expect(await rulesOf(vehicle)).toEqual({ autoAcceptAt: '17000.00', autoDeclineBelow: null });
  });

  it.each<[string, Changes, string, string]>([
    ['above the price', { autoAcceptAt: '20000.01' }, 'autoAcceptAt', 'above the asking price'],
    ['not above the other', { autoAcceptAt: '12000' }, 'autoAcceptAt', 'above autoDeclineBelow'],
    ['not below the other', { autoDeclineBelow: '18000' }, 'autoDeclineBelow', 'below autoAcceptAt'],
    ['above a price of the same call', { askingPrice: '21000', autoAcceptAt: '21500' }, 'autoAcceptAt', ''],
  ])('are refused %s, and nothing changes', async (_what, changes, field, message) => {
    const vehicle = await ruled();
    const error = await refused(app, () => update(vehicle, { trim: 'Other', ...changes }));
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', statusCode: 400 });
    expect(Object.keys(error.fields ?? {})).toEqual([field]);
    expect(error.fields?.[field]?.[0]).toContain(message);
  });

  it('do not let the price fall below them; the refusal says so, and nothing changes', async () => {
    const vehicle = await ruled();
    const error = await refused(app, () => update(vehicle, { trim: 'Other', askingPrice: '17999.99' }));
    expect(error).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: {
        askingPrice: [
          'The rules for its offers do not allow a price below them: change them first, or together with the price.',
        ],
      },
    });
    expect((await update(vehicle, { askingPrice: '18000' })).errors).toBeUndefined();
  });

  it.each([[false], [true]])(
    'refuse the row of a file that asks less, by line and column, and let the others land (dry run: %s)',
    async (dryRun) => {
      const [one, two] = [await ruled(), await ruled()];
      const before = await stored(app);
      const file = `vin,price,mileage\n${one.vin},17999.99,5\n${two.vin},18000,5\n`;
      const told = await bring(app, dealer, file, { dryRun });
      expect(told).toMatchObject({ created: 0, updated: 1, failed: 1 });
      expect(told.errors).toEqual([
        {
          line: 2,
          column: 'price',
          message:
            'The rules for its offers do not allow a price below them: change them first, or together with the price.',
        },
      ]);
      const rowOf = (rows: unknown[], { id }: BuiltVehicle) =>
        rows.find((row) => (row as Row).id === id) as Row;
      const after = await stored(app);
      expect(rowOf(after.vehicles, one)).toEqual(rowOf(before.vehicles, one));
      expect(Number(rowOf(after.vehicles, two).asking_price)).toBe(dryRun ? 2_000_000 : 1_800_000);
    },
  );

  it('are judged with a new price by what comes of both', async () => {
    const vehicle = await ruled();
    expect((await update(vehicle, { askingPrice: '15000', autoAcceptAt: '14000' })).errors).toBeUndefined();
    expect(
      (await update(vehicle, { askingPrice: '10000', autoAcceptAt: null, autoDeclineBelow: null })).errors,
    ).toBeUndefined();
    expect(
      (await update(vehicle, { askingPrice: '30000', autoAcceptAt: '29000', autoDeclineBelow: '25000' }))
        .errors,
    ).toBeUndefined();
    expect(await rulesOf(vehicle)).toEqual({ autoAcceptAt: '29000.00', autoDeclineBelow: '25000.00' });
  });

  it('change without a trace that anybody else could see', async () => {
    const vehicle = await listed();
    // As the jobs leave it when they have seen it.
    const settled = 'update vehicles set market_stale = ?, match_due = null where id = ?';
    await app.orm.em
      .fork()
      .getConnection()
      .execute(settled, [kind === 'sqlite' ? 0 : false, vehicle.id]);
    const before = await stored(app);
    app.clock.advance(MINUTE);
    const heard = await announced(app, vehicle.id, async () => {
      await update(vehicle, { autoAcceptAt: '18000', autoDeclineBelow: '12000' });
      await update(vehicle, { autoAcceptAt: '17500', askingPrice: '20000' });
    });
    expect(heard).toEqual([]);
    const after = await stored(app);
    expect(after.vehicles.map(withoutRules)).toEqual(before.vehicles.map(withoutRules));
    expect({ ...after, vehicles: [] }).toEqual({ ...before, vehicles: [] });
    expect(await rulesOf(vehicle)).toEqual({ autoAcceptAt: '17500.00', autoDeclineBelow: '12000.00' });
  });

  it.each([
    ['DRAFT', undefined],
    ['ACTIVE', undefined],
    ['PENDING', undefined],
    ['SOLD', 'VEHICLE_UNAVAILABLE'],
    ['ARCHIVED', 'VEHICLE_UNAVAILABLE'],
  ] as const)('of a vehicle that is %s: %s', async (status, code) => {
    const vehicle = await listed();
    await setStatus(app, vehicle.id, status);
    const change = () => update(vehicle, { autoAcceptAt: '18000' });
    if (code) expect(await refused(app, change)).toMatchObject({ code });
    else expect((await change()).errors).toBeUndefined();
  });

  it('come with a change of the vehicle to its owner, and not to others who follow it', async () => {
    const vehicle = await ruled();
    const document = `subscription ($id: ID!) {
      vehicleUpdated(vehicleId: $id) { askingPrice negotiationRules { autoAcceptAt } }
    }`;
    const topic = `vehicle:${vehicle.id}`;
    const variables = { id: vehicle.id };
    const own = await live.listen(dealer, topic, document, variables);
    const others = await live.listen(await app.build.buyer(), topic, document, variables);
    await update(vehicle, { askingPrice: '19000' });
    const askingPrice = '19000.00';
    expect(await own.take(1)).toEqual([
      { vehicleUpdated: { askingPrice, negotiationRules: { autoAcceptAt: '18000.00' } } },
    ]);
    expect(await others.take(1)).toEqual([{ vehicleUpdated: { askingPrice, negotiationRules: null } }]);
  });
});
