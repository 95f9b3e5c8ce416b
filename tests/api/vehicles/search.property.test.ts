import fc from 'fast-check';
import { stemmer } from 'stemmer';
import { beforeAll, describe, expect, it } from 'vitest';
import { Dealer } from '../../../src/modules/dealers/index.js';
import { Vehicle } from '../../../src/modules/vehicles/index.js';
import { learnMarketWords } from '../../../src/modules/vehicles/search/search.jobs.js';
import { newVehicleOf } from '../../../src/modules/vehicles/vehicle.rules.js';
import { VehiclesDocument } from '../../generated/operations.js';
import { type DatabaseKind, databaseKinds, type TestApp, useApp } from '../../support/app.js';
import { often } from '../../support/thorough.js';

/** What a listing says where it can be searched. */
interface Car {
  make: string;
  model: string;
  year: number;
  trim: string | null;
  features: string[];
  description: string | null;
}

interface Listed extends Car {
  id: string;
  listedAt: number;
}

const words = [
  'leather',
  'heated seats',
  'sunroof',
  'towing',
  'V6',
  '2.5L',
  'all-wheel drive',
  "driver's",
  'silver',
];
const makes = ['Honda', 'Hyundai', 'Toyota', 'Mercedes-Benz', 'Land Rover', 'Mazda', 'Citroën', 'Ford'];
const models = [
  'Accord',
  'CR-V',
  'Camry',
  'C 300',
  'Mazda3',
  '3',
  'F-150',
  'F 150',
  'Ranger',
  'Range Rover',
  'C4',
  'Rio',
];
const fillers = ['the', 'a', 'with'];

const text = (of: readonly string[], most: number) =>
  fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: most }).map((all) => all.join(' '));

const car: fc.Arbitrary<Car> = fc.record({
  make: fc.constantFrom(...makes),
  model: fc.constantFrom(...models),
  year: fc.constantFrom(2019, 2020),
  trim: fc.option(text([...words, 'Sport', 'EX-L', ...models], 2)),
  features: fc.uniqueArray(fc.constantFrom(...words), { maxLength: 3 }),
  description: fc.option(text([...words, ...fillers, ...makes, ...models, 'hunda', 'range'], 6)),
});

/** A name as people write it: letters left out, doubled, swapped or wrong, joints and spaces gone or put in. */
const written = fc
  .tuple(
    fc.constantFrom(
      ...makes,
      ...makes,
      ...models,
      ...models,
      ...words,
      ...fillers,
      '2020',
      'hunda',
      'range',
      'camrys',
    ),
    fc.constantFrom(
      'as it is',
      'as it is',
      'lost',
      'doubled',
      'swapped',
      'wrong',
      'spaced',
      'joined',
      'hyphened',
      'loud',
    ),
    fc.nat(),
  )
  .map(([name, how, where]) => {
    const at = where % name.length;
    const [before, letter, after] = [name.slice(0, at), name[at] ?? '', name.slice(at + 1)];
    const other: Record<string, string> = {
      lost: before + after,
      doubled: before + letter + letter + after,
      swapped: before + (after[0] ?? '') + letter + after.slice(1),
      wrong: `${before}x${after}`,
      spaced: `${before} ${letter}${after}`,
      joined: name.replace(/[- ]/g, ''),
      hyphened: name.replace(/ /g, '-'),
      loud: `"${name.toUpperCase()}"!`,
    };
    return other[how] ?? name;
  });
const search = fc.array(written, { minLength: 1, maxLength: 3 }).map((names) => names.join(' '));

describe.each(databaseKinds)('search on %s', (kind: DatabaseKind) => {
  const app = useApp(kind);
  const seed = Math.floor(Math.random() * 2 ** 31);
  let market: Listed[];

  beforeAll(async () => {
    market = await list(app, fc.sample(car, { numRuns: 90, seed }));
    await learnMarketWords.run(app.system.makeCtx());
  });

  it(`finds and ranks what a plain reading of all listings finds (seed ${seed})`, async () => {
    const known = knownOf(market);
    const property = fc.asyncProperty(search, async (asked) => {
      const truth = plainly(asked, market, known);
      if (truth === null) return;
      const variables = { filter: { search: asked }, orderBy: 'RELEVANCE' as const, first: 100 };
      const { vehicles } = await app.ok(VehiclesDocument, variables);
      expect(vehicles.nodes.map(({ id }) => id)).toEqual(truth);
      expect(vehicles.totalCount).toBe(truth.length);
    });
    await fc.assert(property, { numRuns: often(300, 40), seed });
  });

  const page = fc.record({
    asked: fc.oneof(fc.constantFrom('leather', 'sunroof', 'all-wheel', 'silver', 'hoda', '2020'), search),
    yearMin: fc.option(fc.constant(2020)),
    size: fc.constantFrom(1, 2, 5),
    isBackwards: fc.boolean(),
    after: fc.option(fc.nat()),
    before: fc.option(fc.nat()),
  });

  it(`cuts its pages out of that order, wherever they begin and end (seed ${seed})`, async () => {
    const known = knownOf(market);
    const property = fc.asyncProperty(page, async ({ asked, yearMin, size, isBackwards, ...between }) => {
      const years = new Map(market.map(({ id, year }) => [id, year]));
      const found = plainly(asked, market, known);
      if (found === null) return;
      const truth = found.filter((id) => (years.get(id) ?? 0) >= (yearMin ?? 0));
      const variables = { filter: { search: asked, yearMin }, orderBy: 'RELEVANCE' as const };
      const all = (await app.ok(VehiclesDocument, { ...variables, first: 100 })).vehicles;
      expect(all.nodes.map(({ id }) => id)).toEqual(truth);
      expect(all.totalCount).toBe(truth.length);
      if (truth.length === 0) return;
      const at = (place: number | null) => (place === null ? null : place % truth.length);
      const [after, before] = [at(between.after), at(between.before)];
      const cursorAt = (place: number | null) => (place === null ? null : all.edges[place]?.cursor);
      const { vehicles } = await app.ok(VehiclesDocument, {
        ...variables,
        [isBackwards ? 'last' : 'first']: size,
        after: cursorAt(after),
        before: cursorAt(before),
      });
      const open = truth.slice(after === null ? 0 : after + 1, before ?? undefined);
      expect(vehicles.nodes.map(({ id }) => id)).toEqual(
        isBackwards ? open.slice(-size) : open.slice(0, size),
      );
      expect(vehicles.totalCount).toBe(truth.length);
    });
    await fc.assert(property, { numRuns: often(150, 25), seed });
  });
});

/** Puts them on the market, all at once, each in a minute of its own or not. */
async function list(app: TestApp, cars: readonly Car[]): Promise<Listed[]> {
  const dealer = await app.build.dealer();
  const em = app.orm.em.fork();
  const owner = em.getReference(Dealer, dealer.dealerId, { wrapped: true });
  const listed = cars.map((details, index) => {
    const at = new Date(app.clock.now().getTime() + (index % 7) * 60_000);
    const input = {
      ...details,
      vin: app.build.vin(),
      mileage: 0,
      askingPrice: 2_000_000,
      condition: 'USED' as const,
    };
    const made = newVehicleOf(input, at);
    const { vehicle, firstPrice } = Vehicle.draft(owner, made.vin, made.askingPrice, made.details, at);
    vehicle.publish(at);
    em.persist([vehicle, firstPrice]);
    return { ...details, id: vehicle.id, listedAt: at.getTime() };
  });
  await em.flush();
  return listed;
}

// The plain reading: docs/search.md said once more, over lists and without an index.

type Name = string[];

/** Letters and digits make parts; a single joint between two of them makes a name of more parts. */
function plainNames(said: string): Name[] {
  const plain = said
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  const names: Name[] = [];
  let isOpen = false;
  for (const piece of plain.match(/[a-z0-9]+|[^a-z0-9]+/g) ?? []) {
    if (!/^[a-z0-9]/.test(piece)) isOpen = isOpen && ['-', '.', '/', "'", '’'].includes(piece);
    else if (isOpen) names.at(-1)?.push(piece);
    else names.push([piece]);
    if (/^[a-z0-9]/.test(piece)) isOpen = true;
  }
  return names;
}

/** Also what a slip of the pen makes of a name: "For", "L and Rover", "To yota". */
const passedOver = new Set(
  `a an and are as at be but by for from has have in is it its of on or our so that the this to was we with you your`.split(
    ' ',
  ),
);
const isFiller = (word: string) => passedOver.has(word);
const form = (word: string) => (/^[a-z]+$/.test(word) && word.length > 2 ? stemmer(word) : word);
const whole = (name: Name) => name.join('');
const spellings = (name: Name) => [...new Set([...name, whole(name)])];
const besides = (names: Name[]) =>
  names.flatMap((name, at) => (at === 0 ? [] : [whole(names[at - 1] as Name) + whole(name)]));

/** How much each word of a listing counts. */
function pointsIn(listed: Listed): Map<string, number> {
  const points = new Map<string, number>();
  const say = (said: string[], worth: number) => {
    for (const word of said) {
      if (!isFiller(word)) points.set(form(word), Math.max(worth, points.get(form(word)) ?? 0));
    }
  };
  const called = plainNames(`${listed.make} ${listed.model}`);
  say([...called.flatMap(spellings), ...besides(called), String(listed.year)], 40);
  say(plainNames(listed.trim ?? '').flatMap(spellings), 20);
  say(
    listed.features.flatMap((feature) => plainNames(feature).flatMap(spellings)),
    10,
  );
  say(plainNames(listed.description ?? '').flatMap(spellings), 5);
  return points;
}

function knownOf(market: readonly Listed[]): string[] {
  const all = market.flatMap(({ make, model }) =>
    [make, model].map(plainNames).flatMap((names) => [...names.flatMap(spellings), ...besides(names)]),
  );
  return [...new Set(all)].filter((word) => /^[a-z]{3,}$/.test(word));
}

/** What a word may have been meant to be. */
function meant(word: string, known: readonly string[]): string[] {
  const plain = `leather silver range drive driver wheel seat seats roof sunroof towing heated`.split(' ');
  if (!/^[a-z]{4,}$/.test(word) || isFiller(word) || plain.includes(word)) return [];
  if (known.some((one) => form(one) === form(word))) return [];
  const reach = word.length > 5 ? 2 : 1;
  const near = known.map((one) => ({ one, off: editsBetween(word, one) })).filter(({ off }) => off <= reach);
  const least = Math.min(...near.map(({ off }) => off));
  return near.filter(({ off }) => off === least).map(({ one }) => one);
}

/** By its definition, over the whole table. */
function editsBetween(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const cell = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      const options = [i === 0 ? j : Infinity, j === 0 ? i : Infinity];
      if (i > 0 && j > 0) {
        options.push(
          cell(i - 1, j) + 1,
          cell(i, j - 1) + 1,
          cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        );
      }
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        options.push(cell(i - 2, j - 2) + 1);
      (table[i] as number[])[j] = Math.min(...options);
    }
  }
  return cell(a.length, b.length);
}

/** The ids of what is found, in their order; null where the search says nothing. */
function plainly(asked: string, market: readonly Listed[], known: readonly string[]): string[] | null {
  const names = plainNames(asked);
  const wanted = new Map<string, { ways: string[][]; corrected: string[] }>();
  names.forEach((name, at) => {
    if (name.every(isFiller) || isFiller(whole(name))) return;
    const ways = [[form(whole(name))]];
    if (name.length > 1 && name.every((part) => part.length > 1))
      ways.push(name.filter((part) => !isFiller(part)).map(form));
    for (const [left, right] of [
      [names[at - 1], name],
      [name, names[at + 1]],
    ]) {
      if (left && right && (whole(left).length <= 3 || whole(right).length <= 3))
        ways.push([form(whole(left) + whole(right))]);
    }
    wanted.set(JSON.stringify(ways), { ways, corrected: meant(whole(name), known).map(form) });
  });
  if (wanted.size === 0) return null;
  const found = market.flatMap((listed) => {
    const points = pointsIn(listed);
    const worth = [...wanted.values()].map(({ ways, corrected }) => {
      const exact = Math.max(...ways.map((way) => Math.min(...way.map((word) => points.get(word) ?? 0))));
      if (exact > 0) return exact;
      const best = Math.max(0, ...corrected.map((word) => points.get(word) ?? 0));
      return [0, 5, 10, 20, 40].indexOf(best);
    });
    return worth.includes(0) ? [] : [{ listed, worth: worth.reduce((sum, one) => sum + one, 0) }];
  });
  found.sort(
    (a, b) =>
      b.worth - a.worth || b.listed.listedAt - a.listed.listedAt || (a.listed.id < b.listed.id ? 1 : -1),
  );
  return found.map(({ listed }) => listed.id);
}
