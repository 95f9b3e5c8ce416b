import { describe, expect, it } from 'vitest';
import { flushViews } from '../../../src/modules/vehicles/views/view.service.js';
import { viewCounterPart } from '../../../src/modules/vehicles/views/view-counter.js';
import { DeleteVehicleDocument } from '../../generated/operations.js';
import { databaseKinds, TestApp, useApp } from '../../support/app.js';
import { DAY, HOUR, MINUTE } from '../../support/clock.js';
import { setStatus } from './stored.js';

const LOOK = 'query ($id: ID!) { vehicle(id: $id) { id viewCount } }';
type Looked = { vehicle: { viewCount: number } | null };

describe.each(databaseKinds)('views on %s', (kind) => {
  const app = useApp(kind);
  const look = async (id: string, who: { token?: string; userAgent?: string } = {}) =>
    (await app.ok<Looked, object>(LOOK, { id }, who)).vehicle;
  const flush = () => flushViews(app.system.makeCtx());
  const rowsOf = (id: string) =>
    app.orm.em
      .fork()
      .getConnection()
      .execute('select day, count from vehicle_views where vehicle_id = ? order by day', [id]);
  const today = () => app.clock.now().toISOString().slice(0, 10);

  it('are stored a moment later, without a statement of the request', async () => {
    const { id } = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const statements = await app.statements(() =>
      app.ok('query ($id: ID!) { vehicle(id: $id) { id } }', { id }, buyer),
    );
    expect(statements).toHaveLength(1);
    expect(await look(id)).toEqual({ id, viewCount: 0 });
    expect(await flush()).toBe(2);
    expect((await look(id))?.viewCount).toBe(2);
    expect(await rowsOf(id)).toEqual([{ day: today(), count: 2 }]);
  });

  it('count a viewer once an hour, and each viewer by itself', async () => {
    const { id } = await app.build.vehicle();
    const [one, other] = [await app.build.buyer(), await app.build.buyer()];
    await Promise.all([look(id, one), look(id, one), look(id, other)]);
    app.clock.advance(HOUR - MINUTE - 1);
    await look(id, one);
    expect(await flush()).toBe(2);
    app.clock.advance(MINUTE + 1);
    const again = await app.build.login(one);
    await look(id, again);
    await look(id, again);
    expect(await flush()).toBe(1);
  });

  it('count guests by network and browser', async () => {
    const { id } = await app.build.vehicle();
    for (const userAgent of ['a', 'b', 'a']) await look(id, { userAgent });
    expect(await flush()).toBe(2);
  });

  it('count an operation that asks twice as one, and what it hears of in lists as none', async () => {
    const { id } = await app.build.vehicle();
    const buyer = await app.build.buyer();
    await app.ok('{ vehicles(first: 100) { nodes { id viewCount } } }', {}, buyer);
    expect(await flush()).toBe(0);
    await app.ok(
      'query ($id: ID!) { a: vehicle(id: $id) { id } b: vehicle(id: $id) { make } }',
      { id },
      buyer,
    );
    expect(await flush()).toBe(1);
  });

  it('do not count its own dealer and admins, and do count other dealers', async () => {
    const { id, dealer } = await app.build.vehicle();
    await look(id, dealer);
    await look(id, await app.build.admin());
    expect(await flush()).toBe(0);
    await look(id, await app.build.dealer());
    expect(await flush()).toBe(1);
  });

  it('count while it is on view, and never what was not shown', async () => {
    const { id, dealer } = await app.build.vehicle();
    const counts: Record<string, number> = {};
    for (const status of ['ACTIVE', 'PENDING', 'SOLD', 'ARCHIVED', 'DRAFT'] as const) {
      await setStatus(app, id, status);
      for (const who of [await app.build.buyer(), dealer, await app.build.admin()]) await look(id, who);
      counts[status] = await flush();
    }
    expect(counts).toEqual({ ACTIVE: 1, PENDING: 1, SOLD: 1, ARCHIVED: 0, DRAFT: 0 });
  });

  it('are summed over the days, of UTC', async () => {
    const { id } = await app.build.vehicle();
    const days: string[] = [];
    for (let index = 0; index < 2; index++) {
      days.push(today());
      for (const userAgent of ['a', 'b']) await look(id, { userAgent });
      await flush();
      app.clock.advance(DAY);
    }
    expect(await rowsOf(id)).toEqual(days.map((day) => ({ day, count: 2 })));
    expect((await look(id, { userAgent: 'c' }))?.viewCount).toBe(4);
    await flush();
  });

  it('skip what was deleted meanwhile, and store the rest', async () => {
    const [stays, goes] = [await app.build.vehicle(), await app.build.vehicle()];
    for (const { id } of [stays, goes]) await look(id);
    await app.ok(DeleteVehicleDocument, { input: { id: goes.id } }, goes.dealer);
    await flush();
    expect([await rowsOf(stays.id), await rowsOf(goes.id)]).toEqual([[{ day: today(), count: 1 }], []]);
  });

  it('are kept where they cannot be stored', async () => {
    const { id } = await app.build.vehicle();
    await look(id);
    const counter = app.system.services.parts.get(viewCounterPart);
    const [count] = counter.take();
    // A count that the column cannot hold.
    counter.giveBack([{ vehicleId: id, day: 'x'.repeat(11), count: kind === 'postgresql' ? 1 : Number.NaN }]);
    if (count) counter.giveBack([count]);
    await expect(flush()).rejects.toThrow();
    const kept = counter.take();
    expect(kept.filter(({ day }) => day === today())).toEqual([{ vehicleId: id, day: today(), count: 1 }]);
    counter.giveBack(kept.filter(({ day }) => day === today()));
    expect(await flush()).toBe(1);
  });

  it('add up what several processes store at once', async () => {
    const vehicles = await Promise.all(Array.from({ length: 5 }, () => app.build.vehicle()));
    const counter = app.system.services.parts.get(viewCounterPart);
    const flushes = Array.from({ length: 4 }, () => {
      counter.giveBack(vehicles.map(({ id }) => ({ vehicleId: id, day: today(), count: 3 })));
      return flush();
    });
    expect(await Promise.all(flushes)).toEqual([15, 15, 15, 15]);
    for (const { id } of vehicles) expect(await rowsOf(id)).toEqual([{ day: today(), count: 12 }]);
  });
});

describe('views of a process that stops', () => {
  it('are stored before it ends', async () => {
    const app = new TestApp('sqlite', {});
    await app.start();
    const { id } = await app.build.vehicle();
    await app.ok(LOOK, { id });
    const kysely = app.orm.em.fork().getKysely();
    const close = app.orm.close.bind(app.orm);
    let stored: unknown;
    app.orm.close = async (force) => {
      stored = await kysely
        .selectFrom('vehicle_views' as never)
        .selectAll()
        .execute();
      await close(force);
    };
    await app.stop();
    expect(stored).toMatchObject([{ vehicle_id: id, count: 1 }]);
  });
});
