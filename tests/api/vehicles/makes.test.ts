import { describe, expect, it } from 'vitest';
import { MakesDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';

describe.each(databaseKinds)('makes on %s', (kind) => {
  const app = useApp(kind);

  it('is empty where nothing is on the market', async () => {
    expect(await app.ok(MakesDocument, {})).toEqual({ makes: [] });
  });

  it('counts makes and models of active listings, by name, spellings as one', async () => {
    const dealer = await app.build.dealer();
    const list = (make: string, model: string, publish = true) =>
      app.build.vehicle(dealer, { make, model, publish });
    await list('Toyota', 'RAV4');
    await list('Toyota', 'Camry');
    await list('Toyota', 'Camry');
    await list('TOYOTA', 'camry');
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
          { value: 'Camry', count: 3 },
          { value: 'RAV4', count: 1 },
        ],
      },
    ]);
  });
});
