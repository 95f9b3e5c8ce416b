import { describe, expect, it } from 'vitest';
import { write } from '../../../../src/kernel/unit-of-work.js';
import { holdAccountAlone } from '../../../../src/modules/accounts/index.js';
import { tellNext } from '../../../../src/modules/vehicles/saved/price-drop.service.js';
import { tellPriceDrops } from '../../../../src/modules/vehicles/saved/saved.jobs.js';
import { SavedVehicle } from '../../../../src/modules/vehicles/saved/saved-vehicle.entity.js';
import { NotificationReceivedDocument, UnsaveVehicleDocument } from '../../../generated/operations.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { BuiltVehicle, Person } from '../../../support/builders.js';
import { expectNoMore, pause, useLive } from '../../../support/live.js';
import { setStatus } from '../stored.js';
import { keepingOn } from './keeping.js';

const CAR = '2021 Toyota Camry XLE';

describe.each(databaseKinds)('price drops on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);
  const { inbox, save, tell, update } = keepingOn(app);
  const reprice = (vehicle: BuiltVehicle, askingPrice: string) => update(vehicle, { askingPrice });
  const toldOf = async (person: Person) =>
    (await inbox(person)).filter((entry) => entry.kind === 'PRICE_DROP').map(({ body }) => body);
  const from = (before: string, now: string) =>
    `The ${CAR} that you saved now costs $${now} instead of $${before}.`;
  const execute = (statement: string, values: string[] = []) =>
    app.orm.em.fork().getConnection().execute<object[]>(statement, values);
  const pending = () => execute('select * from price_drops');

  /** A vehicle for 20,000 that a buyer has saved. */
  async function saved() {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    await save(buyer, vehicle);
    return { vehicle, buyer };
  }

  it('tells, live, who has saved it, once', async () => {
    const { vehicle, buyer } = await saved();
    const following = await live.follow(buyer, NotificationReceivedDocument, {});
    await reprice(vehicle, '18500');
    expect(await tell()).toBe(1);
    const [entry] = await following.take(1);
    expect(entry?.notificationReceived).toMatchObject({
      kind: 'PRICE_DROP',
      title: `Price drop: the ${CAR}`,
      body: from('20,000.00', '18,500.00'),
    });
    expect((await inbox(buyer))[0]?.vehicle).toEqual({ id: vehicle.id, make: 'Toyota' });
    expect(await tell()).toBe(0);
    expect(await pending()).toEqual([]);
    await expectNoMore(following, 1);
  });

  it('tells each further drop by itself', async () => {
    const { vehicle, buyer } = await saved();
    await reprice(vehicle, '19000');
    await tell();
    await reprice(vehicle, '18000');
    await tell();
    expect(await toldOf(buyer)).toEqual([from('20,000.00', '19,000.00'), from('19,000.00', '18,000.00')]);
  });

  it('tells several drops before the notice as one: from the first price to that of now', async () => {
    const { vehicle, buyer } = await saved();
    await reprice(vehicle, '19000');
    const late = await app.build.buyer();
    await save(late, vehicle);
    await reprice(vehicle, '17000');
    await reprice(vehicle, '18000');
    await tell();
    expect(await toldOf(buyer)).toEqual([from('20,000.00', '18,000.00')]);
    expect(await toldOf(late)).toEqual([from('19,000.00', '18,000.00')]);
    expect(await pending()).toEqual([]);
  });

  it.each(['20000', '21000'])('tells nothing of a price that is back at %s', async (price) => {
    const { vehicle, buyer } = await saved();
    await reprice(vehicle, '19000');
    await reprice(vehicle, price);
    expect(await tell()).toBe(0);
    expect(await toldOf(buyer)).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  it('tells nothing of a price that rises, nor to who saved it at the new price', async () => {
    const { vehicle, buyer } = await saved();
    await reprice(vehicle, '22000');
    await reprice(vehicle, '21000');
    const late = await app.build.buyer();
    await save(late, vehicle);
    await tell();
    expect(await toldOf(buyer)).toEqual([from('22,000.00', '21,000.00')]);
    expect(await toldOf(late)).toEqual([]);
  });

  it.each(['PENDING', 'SOLD', 'ARCHIVED'] as const)(
    'tells nothing of a vehicle that is %s by then',
    async (status) => {
      const { vehicle, buyer } = await saved();
      await reprice(vehicle, '19000');
      await setStatus(app, vehicle.id, status);
      expect(await tell()).toBe(0);
      expect(await toldOf(buyer)).toEqual([]);
      expect(await pending()).toEqual([]);
    },
  );

  it('writes nothing down of a draft, nor of what nobody has saved', async () => {
    const draft = await app.build.vehicle(undefined, { publish: false });
    await save(draft.dealer, draft);
    await reprice(draft, '19000');
    await reprice(await app.build.vehicle(), '19000');
    expect(await pending()).toEqual([]);
  });

  it('tells neither its own dealer nor who has let go of it', async () => {
    const { vehicle, buyer } = await saved();
    const stays = await app.build.buyer();
    await save(vehicle.dealer, vehicle);
    await save(stays, vehicle);
    await reprice(vehicle, '19000');
    await app.ok(UnsaveVehicleDocument, { input: { id: vehicle.id } }, buyer);
    expect(await tell()).toBe(1);
    expect([await toldOf(vehicle.dealer), await toldOf(buyer)]).toEqual([[], []]);
    expect(await toldOf(stays)).toHaveLength(1);
  });

  it('tells nobody who lets go of it at the same moment', async () => {
    const { vehicle, buyer } = await saved();
    await reprice(vehicle, '19000');
    let telling: Promise<number> | undefined;
    await write(app.system.makeCtx(), async (tx) => {
      await holdAccountAlone(tx, buyer.id);
      telling = tell();
      // On PostgreSQL it has read who has saved the vehicle by now, and waits for the account.
      await pause(150);
      await tx.em.nativeDelete(SavedVehicle, { user: buyer.id });
    });
    expect(await telling).toBe(0);
    expect(await toldOf(buyer)).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  /** 450 people who have saved a vehicle, written at once; they share no more than the table. */
  async function crowd(vehicle: BuiltVehicle): Promise<void> {
    const users = Array.from({ length: 450 }, (_, index) => idOf(1, index));
    const values = users.map((id) => `('${id}', 1, 1, 'crowd-${id}@example.com', '-', 'BUYER')`);
    await execute(
      `insert into users (id, created_at, updated_at, email, password_hash, user_type) values ${values} on conflict do nothing`,
    );
    await execute(`insert into saved_vehicles (id, created_at, updated_at, user_id, vehicle_id)
      values ${users.map((id, index) => `('${idOf(2, index + 450 * crowds)}', 1, 1, '${id}', '${vehicle.id}')`)}`);
    crowds += 1;
  }
  let crowds = 0;
  const idOf = (kindOfRow: number, index: number) =>
    `00000000-000${kindOfRow}-7000-8000-${String(index).padStart(12, '0')}`;

  const countsTold = async (vehicle: BuiltVehicle, body: string) =>
    execute(
      `select user_id, count(*) as count from notifications where vehicle_id = ? and body = ? group by user_id having count(*) <> 1
       union all select null, count(*) from notifications where vehicle_id = ? and body = ?`,
      [vehicle.id, body, vehicle.id, body],
    );
  const eachOnce = (count: number) => [
    { user_id: null, count: kind === 'postgresql' ? String(count) : count },
  ];

  it('goes on where it stopped, and a drop meanwhile is told once to each', async () => {
    const vehicle = await app.build.vehicle();
    await crowd(vehicle);
    await reprice(vehicle, '19000');
    const [drop] = (await pending()) as [{ id: string }];
    // Two transactions, and then the process ends.
    const ctx = () => app.system.makeCtx();
    expect(await tellNext(ctx(), drop.id)).toEqual({ told: 200, goesOn: true });
    expect(await countsTold(vehicle, from('20,000.00', '19,000.00'))).toEqual(eachOnce(200));
    await reprice(vehicle, '18000');
    expect(await tell()).toBe(450);
    expect(await countsTold(vehicle, from('20,000.00', '19,000.00'))).toEqual(eachOnce(200));
    expect(await countsTold(vehicle, from('20,000.00', '18,000.00'))).toEqual(eachOnce(250));
    expect(await countsTold(vehicle, from('19,000.00', '18,000.00'))).toEqual(eachOnce(200));
    expect(await pending()).toEqual([]);
  });

  it('tells each of many once, several processes being at it', async () => {
    const vehicles = [await app.build.vehicle(), await app.build.vehicle()];
    for (const vehicle of vehicles) {
      await crowd(vehicle);
      await reprice(vehicle, '19000');
    }
    const work = () => tellPriceDrops(app.system.makeCtx());
    const counts = await Promise.all([work(), work(), work()]);
    const late = await tell();
    expect(counts.reduce((sum, count) => sum + count, late)).toBe(900);
    for (const vehicle of vehicles) {
      expect(await countsTold(vehicle, from('20,000.00', '19,000.00'))).toEqual(eachOnce(450));
    }
    expect(await pending()).toEqual([]);
  });
});
