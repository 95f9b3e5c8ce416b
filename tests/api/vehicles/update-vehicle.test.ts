import { v7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { PriceChange, VehicleRepriced } from '../../../src/modules/vehicles/index.js';
import {
  MakesDocument,
  UpdateVehicleDocument,
  type UpdateVehicleInput,
  VehicleDocument,
  VehiclesDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { eventsDuring } from '../dealers/stored.js';
import { announced, refused, setStatus, strangers, unknownIds } from './stored.js';

type Changes = Omit<UpdateVehicleInput, 'id'>;

describe.each(databaseKinds)('updateVehicle on %s', (kind) => {
  const app = useApp(kind);
  const update = (id: string, changes: Changes, person?: { token: string }) =>
    app.request(UpdateVehicleDocument, { input: { id, ...changes } }, person);

  it('changes what is given and leaves the rest', async () => {
    const { id, dealer } = await app.build.vehicle();
    const before = (await app.ok(VehicleDocument, { id })).vehicle;
    app.clock.advance(MINUTE);
    const changes: Changes = {
      stockNumber: 'S-2',
      year: 2022,
      trim: null,
      bodyType: 'SEDAN',
      condition: 'NEW',
      mileage: 5,
      features: ['A', 'A', 'B'],
      msrp: '30000',
      isNegotiable: false,
    };
    const { data } = await update(id, changes, dealer);
    expect(data?.updateVehicle.vehicle).toEqual({
      ...before,
      ...changes,
      features: ['A', 'B'],
      msrp: '30000.00',
      updatedAt: app.clock.now().toISOString(),
    });
    expect((await app.ok(VehicleDocument, { id })).vehicle).toEqual(data?.updateVehicle.vehicle);
  });

  it('keeps the filters and the makes in step with make and model', async () => {
    const { id, dealer } = await app.build.vehicle(undefined, { make: 'Wrongly', model: 'Named' });
    await update(id, { make: ' RENAMED  co ', model: 'ToO' }, dealer);
    const found = async (makes: string[], models: string[]) =>
      (await app.ok(VehiclesDocument, { filter: { makes, models } })).vehicles.nodes.map((node) => node.id);
    expect(await found(['renamed CO'], ['too'])).toEqual([id]);
    expect(await found(['wrongly'], ['named'])).toEqual([]);
    const { makes } = await app.ok(MakesDocument, {});
    expect(makes).toContainEqual({ make: 'RENAMED co', count: 1, models: [{ value: 'ToO', count: 1 }] });
  });

  it('writes down each new asking price, and only a new one', async () => {
    const { id, dealer } = await app.build.vehicle(undefined, { askingPrice: '20000.00' });
    const first = { price: '20000.00', changedAt: app.clock.now().toISOString() };
    app.clock.advance(MINUTE);
    await update(id, { askingPrice: '19500.25' }, dealer);
    const second = { price: '19500.25', changedAt: app.clock.now().toISOString() };
    await update(id, { askingPrice: 19500.25 }, dealer);
    const { data } = await update(id, { askingPrice: '21000' }, dealer);
    const third = { price: '21000.00', changedAt: app.clock.now().toISOString() };
    expect(data?.updateVehicle.vehicle).toMatchObject({
      askingPrice: '21000.00',
      priceHistory: [first, second, third],
    });
  });

  it('writes the price history in the order of the changes when many come at once', async () => {
    const { id, dealer } = await app.build.vehicle(undefined, { askingPrice: '20000.00' });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => update(id, { askingPrice: 21_000 + index }, dealer)),
    );
    const { vehicle } = await app.ok(VehicleDocument, { id });
    const prices = vehicle?.priceHistory.map(({ price }) => price) ?? [];
    expect(prices[0]).toBe('20000.00');
    expect(prices.at(-1)).toBe(vehicle?.askingPrice);
    expect(new Set(prices).size).toBe(13);
  });

  it('shows the newest 100 prices, oldest first', async () => {
    const { id } = await app.build.vehicle(undefined, { askingPrice: '1000.00' });
    const changes = Array.from({ length: 104 }, (_, index) => {
      const at = new Date(app.clock.now().getTime() + index + 1);
      return {
        id: v7(),
        vehicle: id,
        price: 100_100 + 100 * index,
        changedAt: at,
        createdAt: at,
        updatedAt: at,
      };
    });
    await app.orm.em.fork().insertMany(PriceChange, changes);
    const { vehicle } = await app.ok(VehicleDocument, { id });
    const newest = Array.from({ length: 100 }, (_, index) => `${1_005 + index}.00`);
    expect(vehicle?.priceHistory.map(({ price }) => price)).toEqual(newest);
  });

  it('tells those who follow the vehicle', async () => {
    const { id, dealer } = await app.build.vehicle();
    expect(await announced(app, id, () => update(id, { trim: 'SE' }, dealer))).toEqual([id]);
    expect(await announced(app, id, () => update(id, { year: 1 }, dealer))).toEqual([]);
  });

  it('tells the rooms above of a new price, and of nothing else', async () => {
    const { id: vehicleId, dealer } = await app.build.vehicle(undefined, { askingPrice: '20000.00' });
    const heard = await eventsDuring(app, VehicleRepriced, async () => {
      await update(vehicleId, { trim: 'SE', askingPrice: '20000.00' }, dealer);
      await update(vehicleId, { trim: 'LE', askingPrice: '19000.00' }, dealer);
    });
    expect(heard).toEqual([{ vehicleId, from: 2_000_000, to: 1_900_000 }]);
  });

  it('still changes the details of a vehicle that is PENDING, but not its price', async () => {
    const { id, dealer } = await app.build.vehicle(undefined, { askingPrice: '20000.00' });
    await setStatus(app, id, 'PENDING');
    const { data } = await update(id, { trim: 'LE', askingPrice: '20000.00' }, dealer);
    expect(data?.updateVehicle.vehicle).toMatchObject({ trim: 'LE', status: 'PENDING' });
    const error = await refused(app, () => update(id, { trim: 'XSE', askingPrice: '1000' }, dealer));
    expect(error).toMatchObject({ code: 'VEHICLE_UNAVAILABLE', statusCode: 409 });
  });

  it.each(['SOLD', 'ARCHIVED'] as const)('refuses every change of a vehicle that is %s', async (status) => {
    const { id, dealer } = await app.build.vehicle();
    await setStatus(app, id, status);
    for (const changes of [{ trim: 'LE' }, { askingPrice: '1000' }]) {
      const error = await refused(app, () => update(id, changes, dealer));
      expect(error).toMatchObject({ code: 'VEHICLE_UNAVAILABLE', statusCode: 409 });
    }
  });

  const faulty: Array<[object, string]> = [
    [{ make: null }, 'make'],
    [{ model: ' ' }, 'model'],
    [{ year: null }, 'year'],
    [{ year: 1899 }, 'year'],
    [{ condition: null }, 'condition'],
    [{ mileage: null }, 'mileage'],
    [{ features: null }, 'features'],
    [{ isNegotiable: null }, 'isNegotiable'],
    [{ askingPrice: null }, 'askingPrice'],
    [{ askingPrice: 0 }, 'askingPrice'],
    [{ msrp: '10000000.01' }, 'msrp'],
    [{ description: '\u0000' }, 'description'],
  ];
  let theirs: BuiltVehicle;
  beforeAll(async () => {
    theirs = await app.build.vehicle();
  });
  it.each(faulty)('refuses %j', async (changes, field) => {
    const { id, dealer } = theirs;
    const error = await refused(app, () => update(id, changes, dealer));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(Object.keys(error.fields ?? {})).toEqual([field]);
  });

  it('refuses everybody but the owner', async () => {
    const { id } = await app.build.vehicle();
    for (const { who, code } of await strangers(app)) {
      expect((await refused(app, () => update(id, { trim: 'mine' }, who))).code).toBe(code);
    }
  });

  it("finds no vehicle in another dealer's drafts, or under an unknown id", async () => {
    const draft = await app.build.vehicle(undefined, { publish: false });
    const other = await app.build.dealer();
    for (const id of [draft.id, ...unknownIds]) {
      expect(await refused(app, () => update(id, { trim: 'x' }, other))).toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});
