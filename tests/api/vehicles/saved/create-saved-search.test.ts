import { describe, expect, it } from 'vitest';
import { MAX_SAVED_SEARCHES } from '../../../../src/modules/vehicles/saved/saved-search.service.js';
import {
  CreateSavedSearchDocument,
  type CreateSavedSearchInput,
  SavedSearchesDocument,
  VehiclesDocument,
} from '../../../generated/operations.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import { staleToken } from '../../accounts/leaving.js';
import { unknownIds } from '../stored.js';
import { keepingOn, refusedToKeep } from './keeping.js';

describe.each(databaseKinds)('createSavedSearch on %s', (kind) => {
  const app = useApp(kind);
  const { keepSearch } = keepingOn(app);
  const create = (input: Partial<CreateSavedSearchInput>, person?: { token: string }) =>
    app.request(CreateSavedSearchDocument, { input: { name: 'Mine', filter: {}, ...input } }, person);

  it('keeps a search with its alerts on', async () => {
    const buyer = await app.build.buyer();
    const { data } = await create(
      { name: ' Family car ', filter: { search: 'camry xle', yearMin: 2020 } },
      buyer,
    );
    expect(data?.createSavedSearch.savedSearch).toEqual({
      id: expect.any(String),
      name: 'Family car',
      search: 'camry xle',
      filterJson: '{"search":"camry xle","yearMin":2020}',
      alertsEnabled: true,
      newMatchCount: 0,
      createdAt: app.clock.now().toISOString(),
    });
    expect((await create({ alertsEnabled: false }, buyer)).data?.createSavedSearch.savedSearch).toMatchObject(
      {
        search: null,
        filterJson: '{}',
        alertsEnabled: false,
      },
    );
  });

  it('gives the filter back as it can be sent: in one order, money as text, without what does not narrow', async () => {
    const buyer = await app.build.buyer();
    const { id: dealerId } = { id: (await app.build.dealer()).dealerId };
    const filter = {
      state: 'tx',
      yearMax: 2022,
      priceMin: '1000',
      priceMax: 20_000,
      near: { radiusMiles: 12.5, latitude: 30.25, longitude: -97.75 },
      makes: ['Toyota', 'honda'],
      models: [],
      mileageMax: null,
      bodyTypes: ['SEDAN' as const],
      dealerId,
    };
    const { filterJson } = await keepSearch(buyer, { filter });
    expect(filterJson).toBe(
      `{"bodyTypes":["SEDAN"],"dealerId":"${dealerId}","makes":["Toyota","honda"],` +
        '"near":{"latitude":30.25,"longitude":-97.75,"radiusMiles":12.5},' +
        '"priceMax":"20000.00","priceMin":"1000.00","state":"tx","yearMax":2022}',
    );
    const again = await keepSearch(buyer, { filter: JSON.parse(filterJson) });
    expect(again.filterJson).toBe(filterJson);
    await app.ok(VehiclesDocument, { filter: JSON.parse(filterJson) });
  });

  it.each([
    ['a blank name', { name: ' ' }, 'name'],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, 'name'],
    ['a name of two lines', { name: 'a\nb' }, 'name'],
    ['51 makes', { filter: { makes: Array(51).fill('Kia') } }, 'makes'],
    ['a search that is too long', { filter: { search: 'x'.repeat(201) } }, 'search'],
    ['a circle that is none', { filter: { near: { latitude: 91, longitude: 0, radiusMiles: 1 } } }, 'near'],
    ['a NUL in a make', { filter: { makes: ['a\u0000'] } }, 'makes'],
  ])('refuses %s and keeps nothing', async (_what, input, field) => {
    const buyer = await app.build.buyer();
    expect(await refusedToKeep(app, () => create(input, buyer))).toMatchObject({
      code: 'BAD_USER_INPUT',
      statusCode: 400,
      fields: { [field]: [expect.any(String)] },
    });
  });

  it('refuses a dealer that there is not', async () => {
    const buyer = await app.build.buyer();
    for (const dealerId of unknownIds) {
      expect((await refusedToKeep(app, () => create({ filter: { dealerId } }, buyer))).code).toBe(
        'NOT_FOUND',
      );
    }
  });

  it('refuses a guest, and an account that is gone', async () => {
    expect((await refusedToKeep(app, () => create({}))).code).toBe('UNAUTHENTICATED');
    const buyer = await app.build.buyer();
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update users set deleted_at = 1 where id = ?', [buyer.id]);
    const stale = await staleToken(app, buyer.id, 'BUYER');
    expect((await refusedToKeep(app, () => create({}, stale))).code).toBe('TOKEN_REVOKED');
  });

  it('refuses one more than a viewer may keep, also of many at once', async () => {
    const buyer = await app.build.buyer();
    const answers = await Promise.all(
      Array.from({ length: MAX_SAVED_SEARCHES + 3 }, () => create({}, buyer)),
    );
    const refused = answers.filter(({ errors }) => errors);
    expect(refused.map((answer) => app.errorOf(answer).code)).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT']);
    const { savedSearches } = await app.ok(SavedSearchesDocument, {}, buyer);
    expect(savedSearches).toHaveLength(MAX_SAVED_SEARCHES);
  });
});
