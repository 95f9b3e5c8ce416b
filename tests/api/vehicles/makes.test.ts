import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { Vehicle } from '../../../src/modules/vehicles/index.js';
import { MakesDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';

describe.each(databaseKinds)('makes on %s', (kind) => {
  const app = useApp(kind);

  it('is empty where nothing is on the market', async () => {
    expect(await app.ok(MakesDocument, {})).toEqual({ makes: [] });
  });

  it('counts makes and models of active listings, by name, spellings as one and as the cheapest has them', async () => {
    const dealer = await app.build.dealer();
    const list = (make: string, model: string, publish = true, askingPrice = '20000.00') =>
      app.build.vehicle(dealer, { make, model, publish, askingPrice });
    await list('Toyota', 'RAV4');
    await list('Toyota', 'Camry');
    await list('Toyota', 'Camry');
    await list('TOYOTA', 'camry', true, '19000.00');
    await list('audi', 'Q5');
    await list('Toyota', 'Drafted', false);
    await list('Ghost', 'Draft', false);
    const { makes } = await app.ok(MakesDocument, {});
    expect(makes).toEqual([
      { make: 'audi', count: 1, models: [{ value: 'Q5', count: 1 }] },
      {
        make: 'TOYOTA',
        count: 4,
        models: [
          { value: 'camry', count: 3 },
          { value: 'RAV4', count: 1 },
        ],
      },
    ]);
  });

  it('names the 1,000 models with the most listings, and counts each make whole', async () => {
    const dealer = await app.build.dealer();
    await app.build.vehicle(dealer, { make: 'Zz', model: 'Twice' });
    const at = app.clock.now();
    const listings = Array.from({ length: 1_001 }, (_, index) => {
      const model = index === 0 ? 'Twice' : `Model ${String(index).padStart(4, '0')}`;
      return {
        id: v7(),
        createdAt: at,
        updatedAt: at,
        listedAt: at,
        publishedAt: at,
        dealer: dealer.dealerId,
        vin: `COPY${index}`,
        make: 'Zz',
        makeKey: 'zz',
        model,
        modelKey: model.toLowerCase(),
        year: 2020,
        mileage: 0,
        askingPrice: 100,
        status: 'ACTIVE' as const,
        condition: 'USED' as const,
        isNegotiable: true,
        features: [],
      };
    });
    await app.orm.em.fork().insertMany(Vehicle, listings);
    const zz = (await app.ok(MakesDocument, {})).makes.find(({ make }) => make === 'Zz');
    expect(zz?.count).toBe(1_002);
    expect(zz?.models.at(-1)).toEqual({ value: 'Twice', count: 2 });
    const models = (await app.ok(MakesDocument, {})).makes.flatMap((make) => make.models);
    expect(models).toHaveLength(1_000);
  });
});
