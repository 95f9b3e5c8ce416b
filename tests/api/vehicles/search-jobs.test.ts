import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  indexUnindexed,
  learnAtStart,
  learnMarketWords,
} from '../../../src/modules/vehicles/search/search.jobs.js';
import {
  ArchiveVehicleDocument,
  UpdateVehicleDocument,
  VehiclesDocument,
} from '../../generated/operations.js';
import { type DatabaseKind, databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { stored } from './stored.js';

describe.each(databaseKinds)('the words of the market on %s', (kind: DatabaseKind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  const execute = (statement: string) => app.orm.em.fork().getConnection().execute(statement);

  beforeEach(async () => {
    dealer ??= await app.build.dealer();
    await execute(`update vehicles set status = 'ARCHIVED'`);
    await execute('delete from search_words');
  });

  const known = async () => {
    const { rows } = await sql<{ word: string }>`select word from search_words`.execute(
      app.system.makeCtx().em.getKysely(),
    );
    return rows.map(({ word }) => word).sort();
  };
  const learn = () => learnMarketWords.run(app.system.makeCtx());

  it('are known from the publishing on, and not for a draft', async () => {
    await app.build.vehicle(dealer, { make: 'Mercedes-Benz', model: 'C 300', publish: false });
    expect(await known()).toEqual([]);
    await app.build.vehicle(dealer, { make: 'Land Rover', model: 'Defender 110' });
    expect(await known()).toEqual(['defender', 'land', 'landrover', 'rover']);
  });

  it('are known from a change on, while it is on the market', async () => {
    const { id } = await app.build.vehicle(dealer, { make: 'Toyota', model: 'Camry' });
    await app.ok(UpdateVehicleDocument, { input: { id, model: 'Corolla' } }, dealer);
    expect(await known()).toEqual(['camry', 'corolla', 'toyota']);
    expect(await learn()).toBe(1);
    expect(await known()).toEqual(['corolla', 'toyota']);
  });

  it('are gone some time after the last listing, and only then', async () => {
    const first = await app.build.vehicle(dealer, { make: 'Kia', model: 'Sorento' });
    const second = await app.build.vehicle(dealer, { make: 'Kia', model: 'Sorento' });
    const third = await app.build.vehicle(dealer, { make: 'Kia', model: 'Rio' });
    for (const { id } of [first, third]) await app.ok(ArchiveVehicleDocument, { input: { id } }, dealer);
    expect(await learn()).toBe(1);
    expect(await known()).toEqual(['kia', 'sorento']);
    await app.ok(ArchiveVehicleDocument, { input: { id: second.id } }, dealer);
    expect(await learn()).toBe(2);
    expect(await known()).toEqual([]);
  });

  it('are learnt of listings that came past the services: by the job, and at a start where nothing is known', async () => {
    await app.build.vehicle(dealer, { make: 'Honda', model: 'Accord' });
    await execute('delete from search_words');
    expect(await learn()).toBe(2);
    expect(await learn()).toBe(0);
    await execute('delete from search_words');
    await learnAtStart(app.system.services, app.system.makeCtx)();
    expect(await known()).toEqual(['accord', 'honda']);
    await execute(`delete from search_words where word = 'honda'`);
    await learnAtStart(app.system.services, app.system.makeCtx)();
    expect(await known()).toEqual(['accord']);
  });

  it('are learnt of thousands of models, and written a thousand at a time', async () => {
    await app.build.vehicle(dealer, { make: 'Honda', model: 'Accord' });
    const { rows } = await sql<{ id: string }>`
      select id from vehicles where status = 'ACTIVE'`.execute(app.system.makeCtx().em.getKysely());
    const columns = Object.keys((await stored(app)).vehicles[0] as object);
    const letters = (n: string) => `translate(cast(${n} as text), '0123456789', 'abcdefghij')`;
    const spelt = (n: string) =>
      kind === 'postgresql'
        ? letters(n)
        : [...'0123456789'].reduce(
            (text, digit) => `replace(${text}, '${digit}', '${'abcdefghij'[Number(digit)]}')`,
            `cast(${n} as text)`,
          );
    const values = columns.map((column) => {
      if (column === 'id') return kind === 'postgresql' ? 'gen_random_uuid()' : 'lower(hex(randomblob(16)))';
      if (column === 'vin') return `'V' || n`;
      if (column === 'model_key') return `'model' || ${spelt('n')}`;
      return column;
    });
    await execute(`insert into vehicles (${columns.join(', ')})
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 2500)
      select ${values.join(', ')} from vehicles, numbers where id = '${rows[0]?.id}'`);
    expect(await learn()).toBe(2_500);
    expect((await known()).length).toBe(2_502);
    await execute(`delete from vehicles where vin like 'V%'`);
    expect(await learn()).toBe(2_500);
    expect(await known()).toEqual(['accord', 'honda']);
  });

  it('are learnt once, by however many publish them at the same time', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => app.build.dealer()));
    const names = ['Alfa', 'Bravo', 'Delta', 'Echo'];
    await Promise.all(
      others.flatMap((other, index) =>
        names.map((_, turn) =>
          app.build.vehicle(other, { make: names[(index + turn) % 4], model: names[(index + 3 * turn) % 4] }),
        ),
      ),
    );
    expect(await known()).toEqual(['alfa', 'bravo', 'delta', 'echo']);
  });
});

describe.each(databaseKinds)('listings without words on %s', (kind: DatabaseKind) => {
  const app = useApp(kind);

  it('get them from a job, batch by batch, and are found; nothing else of them changes', async () => {
    const dealer = await app.build.dealer();
    const { id } = await app.build.vehicle(dealer, { make: 'Honda', model: 'Accord', features: ['Sunroof'] });
    const other = await app.build.vehicle(dealer, { description: 'Honda has nothing like it' });
    const before = await stored(app);
    const find = async (search: string) =>
      (await app.ok(VehiclesDocument, { filter: { search } })).vehicles.nodes.map((node) => node.id).sort();
    await app.orm.em.fork().getConnection().execute(`update vehicles set search_terms = '', kind = 0`);
    expect(await find('honda')).toEqual([]);

    expect(await indexUnindexed.run(app.system.makeCtx())).toBe(2);
    expect(await stored(app)).toEqual(before);
    expect(await find('honda')).toEqual([id, other.id].sort());
    expect(await find('accord sunroof')).toEqual([id]);
    expect(await indexUnindexed.run(app.system.makeCtx())).toBe(0);
  });

  it('follow a change, and are gone with the listing', async () => {
    const dealer = await app.build.dealer();
    const { id } = await app.build.vehicle(dealer, { make: 'Lotus', model: 'Elise' });
    const find = async (search: string) =>
      (await app.ok(VehiclesDocument, { filter: { search } })).vehicles.nodes.map((node) => node.id);
    await app.ok(UpdateVehicleDocument, { input: { id, model: 'Evora', description: 'Rare' } }, dealer);
    expect(await find('elise')).toEqual([]);
    expect(await find('lotus evora rare')).toEqual([id]);
    await app.orm.em.fork().getConnection().execute('delete from price_changes where vehicle_id = ?', [id]);
    await app.orm.em.fork().getConnection().execute('delete from vehicles where id = ?', [id]);
    expect(await find('lotus')).toEqual([]);
    if (kind === 'sqlite') {
      const left = app.orm.em
        .fork()
        .getConnection()
        .execute(`select count(*) as count from vehicle_search where vehicle_search match '"lotus"'`);
      expect(await left).toEqual([{ count: 0 }]);
    }
  });
});
