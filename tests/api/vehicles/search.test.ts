import { beforeAll, describe, expect, it } from 'vitest';
import type { VehicleFilter, VehicleOrder } from '../../generated/operations.js';
import { type DatabaseKind, databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';

/** What the market of these tests has, oldest first: each car once, by the model. */
const cars = [
  { make: 'Honda', model: 'Accord', trim: 'Sport', description: 'One owner, drives like new.' },
  { make: 'Honda', model: 'CR-V', features: ['Heated seats', 'Android Auto'], bodyType: 'SUV' },
  { make: 'Honda', model: 'Civic', exteriorColor: 'Silver' },
  { make: 'Toyota', model: 'Camry', fuelType: 'PLUGIN_HYBRID' },
  { make: 'Ford', model: 'F-150', bodyType: 'PICKUP' },
  { make: 'Ford', model: 'F 250', description: '150 hp more than my old one, and a 3 ton hitch' },
  { make: 'Ford', model: 'Ranger' },
  { make: 'Mazda', model: 'Mazda6' },
  { make: 'Mazda', model: '3' },
  { make: 'Mercedes-Benz', model: 'C 300', features: ['All-wheel drive'] },
  { make: 'Volkswagen', model: 'Passat', description: 'All wheel drive, not a hunda' },
  { make: 'Chevrolet', model: 'Silverado 1500' },
  { make: 'Hyundai', model: 'Elantra', trim: 'Camry killer' },
  { make: 'Land Rover', model: 'Defender', description: "The driver's choice: long range tank" },
  { make: 'Nissan', model: 'Silvia' },
  { make: 'Citroën', model: 'C4', description: 'Better than any camry, or an accord' },
] as const;

type Model = (typeof cars)[number]['model'];

/** A search, and the cars that it finds. */
const finds: ReadonlyArray<readonly [search: string, models: readonly Model[]]> = [
  // As it is written.
  ['honda accord', ['Accord']],
  ['ACCORD  honda', ['Accord']],
  ['honda', ['Accord', 'CR-V', 'Civic']],
  ['citroen', ['C4']],
  ['CITROËN c4', ['C4']],
  ['2021 silvia', ['Silvia']],
  ['2020 silvia', []],
  ['honda camry', []],
  ['camry', ['Camry', 'Elantra', 'C4']],
  ['heated seat', ['CR-V']],
  ['plug-in hybrid', ['Camry']],
  ['one owner', ['Accord']],
  ["driver's choice", ['Defender']],
  ['drivers', ['Defender']],
  ['all-wheel', ['C 300', 'Passat']],
  ['all wheel', ['C 300', 'Passat']],
  ['suv', ['CR-V']],
  // Other endings, filler words.
  ['camrys', ['Camry', 'Elantra', 'C4']],
  ['a honda with heated seats', ['CR-V']],
  // In one or in two.
  ['f-150', ['F-150']],
  ['f150', ['F-150']],
  ['f250', ['F 250']],
  ['f-250', ['F 250']],
  ['crv', ['CR-V']],
  ['cr-v', ['CR-V']],
  ['cr v', ['CR-V']],
  ['mazda 3', ['3']],
  ['mazda3', ['3']],
  ['mazda6', ['Mazda6']],
  ['mazda 6', ['Mazda6']],
  ['landrover', ['Defender']],
  ['c300', ['C 300']],
  ['mercedesbenz', ['C 300']],
  // Misspelt.
  ['hunda acord', ['Accord']],
  ['hodna', ['Accord', 'CR-V', 'Civic']],
  ['hunda', ['Accord', 'CR-V', 'Civic', 'Passat']],
  ['chevrolay', ['Silverado 1500']],
  ['toyotta', ['Camry']],
  ['toyota camery', ['Camry']],
  ['mercedez', ['C 300']],
  ['mercedez-bens', ['C 300']],
  ['hundai', ['Elantra']],
  ['hyundia elentra', ['Elantra']],
  ['volkswagon passatt', ['Passat']],
  ['silverdo', ['Silverado 1500']],
  ['landrovr', ['Defender']],
  ['citreon', ['C4']],
  // What is no misspelling.
  ['silver', ['Civic']],
  ['range', ['Defender']],
  ['hxxda', []],
  ['f-151', []],
  ['2012', []],
];

const SEARCH = `query ($filter: VehicleFilter, $orderBy: VehicleOrder) {
  vehicles(filter: $filter, orderBy: $orderBy, first: 100) { nodes { model } totalCount }
}`;

interface Answer {
  vehicles: { nodes: Array<{ model: Model }>; totalCount: number };
}

interface Asked {
  filter?: VehicleFilter | undefined;
  orderBy?: VehicleOrder | undefined;
}

describe.each(databaseKinds)('search on %s', (kind: DatabaseKind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    for (const car of cars) {
      app.clock.advance(MINUTE);
      await app.build.vehicle(dealer, { trim: null, ...car });
    }
    await app.build.vehicle(dealer, { make: 'Honda', model: 'Accord', publish: false });
  });

  const found = async (search: string | null, orderBy?: VehicleOrder) => {
    const { vehicles } = await app.ok<Answer, Asked>(SEARCH, { filter: { search }, orderBy });
    expect(vehicles.totalCount).toBe(vehicles.nodes.length);
    return vehicles.nodes.map(({ model }) => model);
  };

  const faultOf = async (search: string) => {
    const response = await app.request(SEARCH, { filter: { search } });
    const { code, fields } = app.errorOf(response);
    return { code, fields };
  };

  it.each(finds)('%j finds %j', async (search, models) => {
    expect((await found(search)).sort()).toEqual([...models].sort());
    expect((await found(search, 'RELEVANCE')).sort()).toEqual([...models].sort());
  });

  it.each([null, '', '   ', 'the', 'with a', '!!!', '🚗🚙', "';--", ':* & | ! ()', '""', '\u200f\u202e', '́'])(
    'does not narrow by %j, which says nothing of a car',
    async (search) => {
      expect(await found(search)).toHaveLength(cars.length);
    },
  );

  it.each([
    ["honda' or 1=1 --", []],
    ["'honda':*", ['Civic', 'CR-V', 'Accord']],
    ['"honda" & !accord', ['Accord']],
    ['honda | camry', []],
    ['hon*', []],
    ['{words}: honda', []],
    ['^honda', ['Civic', 'CR-V', 'Accord']],
    ['NEAR(honda accord, 5)', []],
    ['honda AND accord', ['Accord']],
    ['honda OR camry', []],
    ['honda NOT accord', []],
    ['honda\\', ['Civic', 'CR-V', 'Accord']],
    ['honda:A', ['Civic', 'CR-V', 'Accord']],
    ['honda <-> accord', ['Accord']],
    ['%', [...cars].reverse().map(({ model }) => model)],
    ['ho_da', []],
    ['سيارة هوندا', []],
    ['本田雅阁', []],
    ['a\ua7c2b \u{1e900}x', []],
    ['Ｈｏｎｄａ 🚗 ａｃｃｏｒｄ', ['Accord']],
    ['h\u0301o\u0301nda', ['Civic', 'CR-V', 'Accord']],
  ])('reads %j as words, whatever a database would make of it', async (search, models) => {
    expect(await found(search)).toEqual(models);
  });

  it.each([
    [201, 'x'],
    [10_000, 'ab '],
    [10_000, '\u0301\u0323'],
    [10_000, '"'],
  ])('refuses a text of %i characters', async (length, piece) => {
    const text = `x${piece.repeat(length)}`.slice(0, length - 1);
    expect(await faultOf(`${text}x`)).toEqual({
      code: 'BAD_USER_INPUT',
      fields: { search: ['Ensure this field has no more than 200 characters.'] },
    });
  });

  it('takes 200 characters and 16 words, and no more', async () => {
    const words = (count: number) => Array.from({ length: count }, (_, index) => `wörd${index}x`).join(' ');
    expect(await found('z'.repeat(200))).toEqual([]);
    expect(await found(words(16))).toEqual([]);
    expect(await found('honda '.repeat(33))).toHaveLength(3);
    expect(await faultOf(words(17))).toEqual({
      code: 'BAD_USER_INPUT',
      fields: { search: ['Ensure this field has no more than 16 words.'] },
    });
  });

  it.each(['a\u0000b', 'a\ud800b'])('refuses %j, as everywhere', async (search) => {
    expect((await faultOf(search)).fields).toEqual({ search: [expect.any(String)] });
  });

  it('works together with the rest of a filter', async () => {
    const filter = { search: 'hunda', bodyTypes: ['SUV' as const], makes: ['honda'] };
    const { vehicles } = await app.ok<Answer, Asked>(SEARCH, { filter });
    expect(vehicles.nodes.map(({ model }) => model)).toEqual(['CR-V']);
  });

  it('ranks by where a word stands: model, trim, description', async () => {
    expect(await found('camry', 'RELEVANCE')).toEqual(['Camry', 'Elantra', 'C4']);
  });

  it('ranks equipment before description, what is written before what is corrected, and then the newest', async () => {
    expect(await found('wheel', 'RELEVANCE')).toEqual(['C 300', 'Passat']);
    expect(await found('hunda', 'RELEVANCE')).toEqual(['Passat', 'Civic', 'CR-V', 'Accord']);
    expect(await found('accord', 'RELEVANCE')).toEqual(['Accord', 'C4']);
  });

  it.each([undefined, {}, { search: null }, { search: '' }, { search: 'the' }])(
    'refuses RELEVANCE without words: %j',
    async (filter) => {
      const error = app.errorOf(await app.request(SEARCH, { filter, orderBy: 'RELEVANCE' }));
      expect(error).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { orderBy: [expect.stringContaining('filter.search')] },
      });
    },
  );

  it('asks the database once more for what may be misspelt, however many words there are', async () => {
    const sent = (search: string) =>
      app.statements(() =>
        app.ok('query ($f: VehicleFilter) { vehicles(filter: $f) { nodes { id } } }', { f: { search } }),
      );
    const asWritten = (await sent('2021 suv')).length;
    expect(asWritten).toBe(kind === 'postgresql' ? 2 : 1);
    expect(await sent('hunda')).toHaveLength(asWritten + 1);
    expect(await sent('hunda acord toyotta chevrolay mercedez')).toHaveLength(asWritten + 1);
  });
});
