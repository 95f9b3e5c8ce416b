import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { SavedVehicle } from '../../../../src/modules/vehicles/saved/saved-vehicle.entity.js';
import { MAX_SAVED_VEHICLES } from '../../../../src/modules/vehicles/saved/saved-vehicle.service.js';
import { DeleteVehicleDocument, SaveVehicleDocument } from '../../../generated/operations.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { Person } from '../../../support/builders.js';
import { staleToken } from '../../accounts/leaving.js';
import { setStatus, unknownIds } from '../stored.js';
import { copiesOf, kept, refusedToKeep } from './keeping.js';

describe.each(databaseKinds)('saveVehicle on %s', (kind) => {
  const app = useApp(kind);
  const save = (id: string, person?: { token: string }) =>
    app.request(SaveVehicleDocument, { input: { id } }, person);
  const savedBy = async (person: Person) =>
    (await app.orm.em.fork().find(SavedVehicle, { user: person.id })).map(({ vehicle, createdAt }) => [
      vehicle.id,
      createdAt.getTime(),
    ]);

  it('keeps a vehicle, once however often it is saved', async () => {
    const { id } = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const at = app.clock.now().getTime();
    const vehicle = { id, status: 'ACTIVE', isSaved: true, saveCount: 1 };
    expect((await save(id, buyer)).data).toEqual({ saveVehicle: { vehicle } });
    app.clock.advance(1_000);
    expect((await save(id, buyer)).data).toEqual({ saveVehicle: { vehicle } });
    expect(await savedBy(buyer)).toEqual([[id, at]]);
  });

  it('keeps it once when it is saved eight times at once', async () => {
    const { id } = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const answers = await Promise.all(Array.from({ length: 8 }, () => save(id, buyer)));
    expect(answers.map(({ data }) => data?.saveVehicle.vehicle)).toEqual(
      answers.map(() => ({ id, status: 'ACTIVE', isSaved: true, saveCount: 1 })),
    );
    expect(await savedBy(buyer)).toHaveLength(1);
  });

  it('counts each of those who save it, and shows to each what is its own', async () => {
    const { id, dealer } = await app.build.vehicle();
    const [one, other] = [await app.build.buyer(), await app.build.buyer()];
    await save(id, one);
    await save(id, dealer);
    const interest = 'query ($id: ID!) { vehicle(id: $id) { isSaved saveCount } }';
    const seenBy = async (who?: Person) => (await app.ok(interest, { id }, who)) as object;
    expect(await seenBy(one)).toEqual({ vehicle: { isSaved: true, saveCount: 2 } });
    expect(await seenBy(other)).toEqual({ vehicle: { isSaved: false, saveCount: 2 } });
    expect(await seenBy()).toEqual({ vehicle: { isSaved: false, saveCount: 2 } });
  });

  it.each(['PENDING', 'SOLD'] as const)('keeps a vehicle that is %s', async (status) => {
    const { id } = await app.build.vehicle();
    await setStatus(app, id, status);
    const { data } = await save(id, await app.build.buyer());
    expect(data?.saveVehicle.vehicle).toEqual({ id, status, isSaved: true, saveCount: 1 });
  });

  it('keeps a draft for its own dealer, and for nobody else', async () => {
    const { id, dealer } = await app.build.vehicle(undefined, { publish: false });
    for (const person of [await app.build.buyer(), await app.build.dealer()]) {
      expect(await refusedToKeep(app, () => save(id, person))).toMatchObject({
        code: 'NOT_FOUND',
        statusCode: 404,
      });
    }
    expect((await save(id, dealer)).data?.saveVehicle.vehicle.isSaved).toBe(true);
  });

  it('refuses an archived vehicle, and what is none', async () => {
    const { id } = await app.build.vehicle();
    await setStatus(app, id, 'ARCHIVED');
    const buyer = await app.build.buyer();
    for (const unknown of [id, ...unknownIds]) {
      expect((await refusedToKeep(app, () => save(unknown, buyer))).code).toBe('NOT_FOUND');
    }
  });

  it('refuses a guest, and an account that is gone', async () => {
    const { id } = await app.build.vehicle();
    expect((await refusedToKeep(app, () => save(id))).code).toBe('UNAUTHENTICATED');
    const buyer = await app.build.buyer();
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update users set deleted_at = 1 where id = ?', [buyer.id]);
    const stale = await staleToken(app, buyer.id, 'BUYER');
    expect((await refusedToKeep(app, () => save(id, stale))).code).toBe('TOKEN_REVOKED');
  });

  it('refuses one more than a viewer may keep, also of many at once', async () => {
    const buyer = await app.build.buyer();
    const ids = await copiesOf(app, await app.build.vehicle(), MAX_SAVED_VEHICLES + 3);
    const at = { createdAt: app.clock.now(), updatedAt: app.clock.now() };
    const saved = ids.slice(0, MAX_SAVED_VEHICLES - 2);
    const rows = saved.map((vehicle) => ({ id: uuidv7(), user: buyer.id, vehicle, ...at }));
    await app.orm.em.fork().insertMany(SavedVehicle, rows);
    const answers = await Promise.all(ids.slice(-5).map((id) => save(id, buyer)));
    const refused = answers.filter(({ errors }) => errors);
    expect(refused.map((answer) => app.errorOf(answer).code)).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT']);
    expect(await savedBy(buyer)).toHaveLength(MAX_SAVED_VEHICLES);
    // What is kept already is no more.
    expect((await save(ids[0] as string, buyer)).errors).toBeUndefined();
  });

  it('is no obstacle to the deletion of the vehicle', async () => {
    const { id, dealer } = await app.build.vehicle();
    const buyer = await app.build.buyer();
    await save(id, buyer);
    await app.ok(DeleteVehicleDocument, { input: { id } }, dealer);
    expect(await savedBy(buyer)).toEqual([]);
    expect((await refusedToKeep(app, () => save(id, buyer))).code).toBe('NOT_FOUND');
  });

  it('ends with the vehicle there and saved, or gone and not, when it is deleted meanwhile', async () => {
    const buyer = await app.build.buyer();
    const dealer = await app.build.dealer();
    for (let round = 0; round < 5; round++) {
      const { id } = await app.build.vehicle(dealer);
      const [saving] = await Promise.all([
        save(id, buyer),
        app.ok(DeleteVehicleDocument, { input: { id } }, dealer),
      ]);
      if (saving.errors) expect(app.errorOf(saving).code).toBe('NOT_FOUND');
    }
    expect(JSON.stringify(await kept(app))).not.toContain(buyer.id);
  });
});
