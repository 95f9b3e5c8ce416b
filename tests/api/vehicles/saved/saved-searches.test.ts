import { describe, expect, it } from 'vitest';
import {
  DeleteSavedSearchDocument,
  MarkSavedSearchSeenDocument,
  SavedSearchesDocument,
} from '../../../generated/operations.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { Person } from '../../../support/builders.js';
import { unknownIds } from '../stored.js';
import { keepingOn, refusedToKeep } from './keeping.js';

describe.each(databaseKinds)('saved searches on %s', (kind) => {
  const app = useApp(kind);
  const { keepSearch, match, newMatches, inbox } = keepingOn(app);
  const namesOf = async (person: Person) =>
    (await app.ok(SavedSearchesDocument, {}, person)).savedSearches.map(({ name }) => name);

  describe('savedSearches', () => {
    it("lists the viewer's own, the last made first", async () => {
      const [buyer, other] = [await app.build.buyer(), await app.build.buyer()];
      for (const name of ['one', 'two', 'three']) {
        await keepSearch(buyer, { name });
        app.clock.advance(1);
      }
      expect(await namesOf(buyer)).toEqual(['three', 'two', 'one']);
      expect(await namesOf(other)).toEqual([]);
    });

    it('refuses a guest', async () => {
      expect(app.errorOf(await app.request(SavedSearchesDocument)).code).toBe('UNAUTHENTICATED');
    });
  });

  describe('deleteSavedSearch', () => {
    const remove = (id: string, person?: { token: string }) =>
      app.request(DeleteSavedSearchDocument, { input: { id } }, person);

    it('deletes a search with its matches, and nobody is told by it any more', async () => {
      const buyer = await app.build.buyer();
      const { id } = await keepSearch(buyer, { filter: { makes: ['Lada'] } });
      await keepSearch(buyer, { name: 'other', filter: { makes: ['Trabant'] } });
      await app.build.vehicle(undefined, { make: 'Lada' });
      await match();
      expect((await remove(id, buyer)).data).toEqual({ deleteSavedSearch: { id } });
      expect(await namesOf(buyer)).toEqual(['other']);
      await app.build.vehicle(undefined, { make: 'Lada' });
      await match();
      expect(await inbox(buyer)).toHaveLength(1);
      expect((await refusedToKeep(app, () => remove(id, buyer))).code).toBe('NOT_FOUND');
    });

    it("refuses a guest, another's search and what is none", async () => {
      const buyer = await app.build.buyer();
      const { id } = await keepSearch(buyer);
      expect((await refusedToKeep(app, () => remove(id))).code).toBe('UNAUTHENTICATED');
      for (const who of [await app.build.buyer(), await app.build.admin()]) {
        expect((await refusedToKeep(app, () => remove(id, who))).code).toBe('NOT_FOUND');
      }
      for (const unknown of unknownIds) {
        expect((await refusedToKeep(app, () => remove(unknown, buyer))).code).toBe('NOT_FOUND');
      }
    });
  });

  describe('markSavedSearchSeen', () => {
    const markSeen = (id: string, person?: { token: string }) =>
      app.request(MarkSavedSearchSeenDocument, { input: { id } }, person);

    it('begins the count of new matches anew, of this search alone', async () => {
      const buyer = await app.build.buyer();
      const { id } = await keepSearch(buyer, { name: 'a', filter: { makes: ['Seat'] } });
      await keepSearch(buyer, { name: 'b', filter: { makes: ['Seat'] } });
      const dealer = await app.build.dealer();
      for (let count = 0; count < 2; count++) await app.build.vehicle(dealer, { make: 'Seat' });
      await match();
      expect(await newMatches(buyer)).toEqual({ a: 2, b: 2 });
      const { data } = await markSeen(id, buyer);
      expect(data?.markSavedSearchSeen.savedSearch).toMatchObject({ id, newMatchCount: 0 });
      expect((await markSeen(id, buyer)).errors).toBeUndefined();
      await app.build.vehicle(dealer, { make: 'Seat' });
      await match();
      expect(await newMatches(buyer)).toEqual({ a: 1, b: 3 });
    });

    it("refuses a guest, another's search and what is none", async () => {
      const buyer = await app.build.buyer();
      const { id } = await keepSearch(buyer);
      expect((await refusedToKeep(app, () => markSeen(id))).code).toBe('UNAUTHENTICATED');
      expect((await refusedToKeep(app, async () => markSeen(id, await app.build.buyer()))).code).toBe(
        'NOT_FOUND',
      );
      for (const unknown of unknownIds) {
        expect((await refusedToKeep(app, () => markSeen(unknown, buyer))).code).toBe('NOT_FOUND');
      }
    });
  });
});
