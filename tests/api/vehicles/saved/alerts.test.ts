import { describe, expect, it, vi } from 'vitest';
import { Batch } from '../../../../src/modules/vehicles/saved/matching.js';
import { matchSavedSearches } from '../../../../src/modules/vehicles/saved/matching.service.js';
import {
  ArchiveVehicleDocument,
  DeleteVehicleDocument,
  NotificationReceivedDocument,
  PublishVehicleDocument,
} from '../../../generated/operations.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { Person } from '../../../support/builders.js';
import { expectNoMore, useLive } from '../../../support/live.js';
import { setStatus } from '../stored.js';
import { copiesOf, keepingOn } from './keeping.js';

describe.each(databaseKinds)('alerts of saved searches on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);
  const { inbox, keepSearch, match, newMatches, update, archive } = keepingOn(app);
  let makes = 0;
  /** One that no other test lists. */
  const newMake = () => `Make ${++makes}`;
  const toldOf = async (person: Person) => (await inbox(person)).map(({ vehicle }) => vehicle?.id);

  /** A buyer who keeps a search for a make of its own. */
  async function searcher(given: { alertsEnabled?: boolean; filter?: object } = {}) {
    const buyer = await app.build.buyer();
    const make = newMake();
    const { alertsEnabled = true, filter = {} } = given;
    await keepSearch(buyer, { filter: { makes: [make], ...filter }, alertsEnabled });
    return { buyer, make };
  }

  it('tells, live, of a vehicle that is published', async () => {
    const { buyer, make } = await searcher();
    const following = await live.follow(buyer, NotificationReceivedDocument, {});
    const { id } = await app.build.vehicle(undefined, { make });
    expect(await match()).toBe(1);
    const [entry] = await following.take(1);
    expect(entry?.notificationReceived).toMatchObject({
      sequence: 1,
      kind: 'SAVED_SEARCH_MATCH',
      title: `New match for “Mine”: 2021 ${make} Camry XLE`,
      body: `The 2021 ${make} Camry XLE for $20,000.00 matches your saved search “Mine”.`,
    });
    expect(await toldOf(buyer)).toEqual([id]);
    expect(await newMatches(buyer)).toEqual({ Mine: 1 });
    await match();
    await expectNoMore(following, 1);
  });

  it('tells of it once, however often it is changed, taken off and published again', async () => {
    const { buyer, make } = await searcher();
    const vehicle = await app.build.vehicle(undefined, { make });
    await match();
    await update(vehicle, { askingPrice: '19000', mileage: 10 });
    expect(await match()).toBe(0);
    await archive(vehicle);
    await app.ok(PublishVehicleDocument, { input: { id: vehicle.id } }, vehicle.dealer);
    expect(await match()).toBe(0);
    expect(await toldOf(buyer)).toEqual([vehicle.id]);
    expect(await newMatches(buyer)).toEqual({ Mine: 1 });
  });

  it('counts what matches a search without alerts, and tells nobody', async () => {
    const { buyer, make } = await searcher({ alertsEnabled: false });
    await app.build.vehicle(undefined, { make });
    expect(await match()).toBe(1);
    expect(await newMatches(buyer)).toEqual({ Mine: 1 });
    expect(await inbox(buyer)).toEqual([]);
  });

  it('tells of a vehicle that comes to match by a lower price or by an edit', async () => {
    const { buyer, make } = await searcher({ filter: { priceMax: '15000', search: 'panoramic' } });
    const vehicle = await app.build.vehicle(undefined, { make, features: ['Panoramic roof'] });
    await match();
    expect(await toldOf(buyer)).toEqual([]);
    await update(vehicle, { askingPrice: '15000' });
    await match();
    const other = await app.build.vehicle(undefined, { make, askingPrice: '14000' });
    await match();
    await update(other, { description: 'With a panoramic roof' });
    await match();
    expect(await toldOf(buyer)).toEqual([vehicle.id, other.id]);
  });

  it('tells nothing of what was on the market before the search was made, until it changes', async () => {
    const make = newMake();
    const vehicle = await app.build.vehicle(undefined, { make });
    app.clock.advance(1);
    const buyer = await app.build.buyer();
    await keepSearch(buyer, { filter: { makes: [make] } });
    await match();
    expect(await toldOf(buyer)).toEqual([]);
    app.clock.advance(1);
    await update(vehicle, { mileage: 5 });
    await match();
    expect(await toldOf(buyer)).toEqual([vehicle.id]);
  });

  it('takes a hold and its release for no change', async () => {
    const make = newMake();
    const { id } = await app.build.vehicle(undefined, { make });
    const buyer = await app.build.buyer();
    await keepSearch(buyer, { filter: { makes: [make] } });
    // As a hold and its release do, before anybody has looked.
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update vehicles set updated_at = updated_at + 1000 where id = ?', [id]);
    const { id: later } = await app.build.vehicle(undefined, { make });
    await match();
    expect(await toldOf(buyer)).toEqual([later]);
  });

  it('looks once more at a vehicle that changes while it is looked at', async () => {
    const { buyer, make } = await searcher({ filter: { priceMax: '20000' } });
    const vehicle = await app.build.vehicle(undefined, { make });
    const { pairs } = Batch.prototype;
    const looking = vi.spyOn(Batch.prototype, 'pairs').mockImplementationOnce(async function (
      this: Batch,
      ...args
    ) {
      const found = await pairs.apply(this, args);
      await update(vehicle, { askingPrice: '21000' });
      return found;
    });
    expect(await match()).toBe(0);
    looking.mockRestore();
    expect(await match()).toBe(0);
    expect(await toldOf(buyer)).toEqual([]);
    await update(vehicle, { askingPrice: '19000' });
    await match();
    expect(await toldOf(buyer)).toEqual([vehicle.id]);
  });

  it('tells of a rating that the market alone has changed only who asks for ratings', async () => {
    const make = newMake();
    const { id } = await app.build.vehicle(undefined, { make });
    await match();
    app.clock.advance(1);
    const [plain, rating] = [await app.build.buyer(), await app.build.buyer()];
    await keepSearch(plain, { filter: { makes: [make] } });
    await keepSearch(rating, { filter: { makes: [make], ratings: ['GREAT'] } });
    const changes = `update vehicles set deal_rating = 'GREAT', match_due = ? where id = ?`;
    await app.orm.em.fork().getConnection().execute(changes, ['ffffffff-ffff-7fff-8fff-ffffffffffff', id]);
    await match();
    expect([await toldOf(plain), await toldOf(rating)]).toEqual([[], [id]]);
  });

  it.each(['DRAFT', 'PENDING', 'SOLD', 'ARCHIVED'] as const)(
    'tells nothing of a vehicle that is %s by then, and tells of it if it comes back',
    async (status) => {
      const { buyer, make } = await searcher();
      const { id } = await app.build.vehicle(undefined, { make });
      await setStatus(app, id, status);
      await match();
      expect(await toldOf(buyer)).toEqual([]);
      await setStatus(app, id, 'ACTIVE');
      await match();
      expect(await toldOf(buyer)).toEqual([id]);
    },
  );

  it('tells nothing of a draft, not even while it is edited', async () => {
    const { buyer, make } = await searcher();
    const draft = await app.build.vehicle(undefined, { make, publish: false });
    await update(draft, { askingPrice: '10000', mileage: 1 });
    expect(await match()).toBe(0);
    expect(await newMatches(buyer)).toEqual({ Mine: 0 });
  });

  it("never tells a dealer of its own listing, but of others'", async () => {
    const dealer = await app.build.dealer();
    const make = newMake();
    await keepSearch(dealer, { filter: { makes: [make] } });
    await app.build.vehicle(dealer, { make });
    const other = await app.build.vehicle(undefined, { make });
    await match();
    expect((await inbox(dealer)).filter(({ kind }) => kind === 'SAVED_SEARCH_MATCH')).toMatchObject([
      { vehicle: { id: other.id } },
    ]);
    expect(await newMatches(dealer)).toEqual({ Mine: 1 });
  });

  it('corrects what is misspelt as the market does', async () => {
    const buyer = await app.build.buyer();
    await keepSearch(buyer, { filter: { search: 'hunda acord' } });
    const { id } = await app.build.vehicle(undefined, { make: 'Honda', model: 'Accord' });
    await app.build.vehicle(undefined, { make: 'Honda', model: 'Civic' });
    await match();
    expect(await toldOf(buyer)).toEqual([id]);
  });

  it.each([
    ['eight', 'pelican', 1],
    ['nine', 'pelicon', 0],
  ])('corrects no more words of a search than the market does: %s', async (_, last, found) => {
    const make = newMake();
    const buyer = await app.build.buyer();
    const search = `kestral falcan osprei merlen harriar buzzerd condar starlong ${last}`;
    const filter = { makes: [make], search };
    await keepSearch(buyer, { filter });
    const model = 'Kestrel Falcon Osprey Merlin Harrier Buzzard Condor Starling Pelican';
    await app.build.vehicle(undefined, { make, model });
    const { vehicles } = await app.ok<{ vehicles: { totalCount: number } }, object>(
      'query ($filter: VehicleFilter) { vehicles(filter: $filter) { totalCount } }',
      { filter },
    );
    expect(vehicles.totalCount).toBe(found);
    expect(await match()).toBe(found);
  });

  it('cuts a headline that is too long, and tells all of it in the body', async () => {
    const { buyer, make } = await searcher();
    const [model, trim] = ['M'.repeat(100), 'T'.repeat(100)];
    await app.build.vehicle(undefined, { make, model, trim });
    await match();
    const [entry] = await inbox(buyer);
    expect([entry?.title.length, entry?.title.at(-1)]).toEqual([200, '…']);
    expect(entry?.body).toContain(`2021 ${make} ${model} ${trim}`);
  });

  it('goes on with the others when a vehicle is deleted or taken off meanwhile', async () => {
    const { buyer, make } = await searcher();
    const dealer = await app.build.dealer();
    const [stays, goes, leaves] = [
      await app.build.vehicle(dealer, { make }),
      await app.build.vehicle(dealer, { make }),
      await app.build.vehicle(dealer, { make }),
    ];
    await Promise.all([
      match(),
      app.ok(DeleteVehicleDocument, { input: { id: goes.id } }, dealer),
      app.ok(ArchiveVehicleDocument, { input: { id: leaves.id } }, dealer),
    ]);
    await match();
    expect(await toldOf(buyer)).toContain(stays.id);
  });

  it('tells each of many once, two processes being at it, and leaves nothing due', async () => {
    const make = newMake();
    const people = await Promise.all(Array.from({ length: 12 }, () => app.build.buyer()));
    for (const person of people) await keepSearch(person, { filter: { makes: [make] } });
    const ids = [(await app.build.vehicle(undefined, { make })).id];
    ids.push(...(await copiesOf(app, { id: ids[0] as string }, 29)));
    const work = () => matchSavedSearches(app.system.makeCtx());
    const counts = await Promise.all([work(), work(), work()]);
    // What one of them held, another left for another time.
    const late = await match();
    expect(counts.reduce((sum, count) => sum + count, late)).toBe(people.length * ids.length);
    for (const person of people) {
      const told = await toldOf(person);
      expect(told).toHaveLength(ids.length);
      expect(new Set(told)).toEqual(new Set(ids));
    }
    const due = await app.orm.em
      .fork()
      .getConnection()
      .execute(`select id from vehicles where status = 'ACTIVE' and match_due is not null`);
    expect(due).toEqual([]);
  });
});
