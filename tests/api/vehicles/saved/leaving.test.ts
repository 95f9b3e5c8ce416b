import { describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../../../support/app.js';
import { deleteAccount, leave } from '../../accounts/leaving.js';
import { keepingOn, kept } from './keeping.js';

describe.each(databaseKinds)('who deletes its account, on %s', (kind) => {
  const app = useApp(kind);
  const { keepSearch, match, save, tell, update } = keepingOn(app);
  const inboxOf = (id: string) =>
    app.orm.em.fork().getConnection().execute('select * from notifications where user_id = ?', [id]);

  it('leaves nothing of what it has saved, and others keep theirs', async () => {
    const vehicle = await app.build.vehicle(undefined, { publish: true, make: 'Kia' });
    const [leaver, stays] = [await app.build.buyer(), await app.build.buyer()];
    for (const person of [leaver, stays]) {
      await save(person, vehicle);
      await keepSearch(person, { filter: { makes: ['Kia'] } });
    }
    await app.build.vehicle(vehicle.dealer, { make: 'Kia' });
    await match();
    await leave(app, leaver);
    const [vehicles, searches, matches] = await kept(app);
    expect([vehicles?.length, searches?.length, matches?.length]).toEqual([1, 1, 1]);
    expect(JSON.stringify(await kept(app))).not.toContain(leaver.id);
    const { vehicle: seen } = await app.ok<{ vehicle: object }, object>(
      'query ($id: ID!) { vehicle(id: $id) { saveCount } }',
      { id: vehicle.id },
    );
    expect(seen).toEqual({ saveCount: 1 });
  });

  it('is told of nothing any more, also when it leaves while it is being told', async () => {
    const dealer = await app.build.dealer();
    for (let round = 0; round < 6; round++) {
      const make = `Make ${round}`;
      const [leaver, stays] = [await app.build.buyer(), await app.build.buyer()];
      const old = await app.build.vehicle(dealer);
      for (const person of [leaver, stays]) {
        await save(person, old);
        await keepSearch(person, { filter: { makes: [make] } });
      }
      await update(old, { askingPrice: '19000' });
      const { id } = await app.build.vehicle(dealer, { make });
      const [left] = await Promise.all([deleteAccount(app, leaver), match(), tell()]);
      expect(left.data).toEqual({ deleteAccount: { success: true } });
      await match();
      await tell();
      expect(await inboxOf(leaver.id)).toEqual([]);
      const told: Array<{ vehicle_id: string }> = await inboxOf(stays.id);
      expect(told.map((entry) => entry.vehicle_id).sort()).toEqual([old.id, id].sort());
    }
  });
});
