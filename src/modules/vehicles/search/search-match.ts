import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import { isPostgres } from '../../../kernel/json-rows.js';
import type { Computed, Condition } from '../../../kernel/reads.js';
import { type Weight, weights } from './search-terms.js';

/** Words that have to be there together. Letters and digits alone, so that they need no quoting beyond their quotes. */
export type Way = readonly string[];

/** What a listing has to have: one of the ways, or one of those that a misspelling may have been meant to be. */
export interface Wanted {
  readonly ways: readonly Way[];
  readonly corrected: readonly Way[];
}

/**
 * How much it counts where a name is found, the best place of it alone. What is found as it was written counts more than
 * any correction, wherever it stands.
 */
export const POINTS: Readonly<Record<'ways' | 'corrected', Readonly<Record<Weight, number>>>> = {
  ways: { A: 40, B: 20, C: 10, D: 5 },
  corrected: { A: 4, B: 3, C: 2, D: 1 },
};

/** A search as SQL. */
export interface Match {
  readonly condition: Condition;
  /** The same, such that PostgreSQL looks for the words by their index, however common they are. */
  readonly indexed: Condition;
  /** See Computed; right only for rows that fulfil the condition. */
  readonly relevance: Computed;
}

/** Where PostgreSQL has the words of a listing: beside all else of it, and in a table for searches alone. */
export const columns = { listing: sql.ref('r.search_terms'), apart: sql.ref('w.words') };
export type Column = RawBuilder<unknown>;

/** How an engine is asked for the words of a listing. */
interface Engine {
  /** That it has each of these. */
  matches(wanted: readonly Wanted[]): Condition;
  /** The same, by the index of words and by nothing else. */
  matchesByIndex(wanted: readonly Wanted[]): Condition;
  /** How much one of these counts in a listing that has it. */
  pointsOf(wanted: Wanted): RawBuilder<unknown>;
}

/** Where a name may be found, and as what. */
interface Place {
  readonly kind: keyof Wanted;
  readonly weight: Weight;
}

/**
 * That the listing of the row `r` has all that is wanted, and how well: a number that depends on the listing and the
 * search alone.
 */
export function matchOf(em: SqlEntityManager, wanted: readonly Wanted[]): Match {
  return matchBy(isPostgres(em) ? postgresql(columns.listing) : sqlite, wanted);
}

/** The same of the row `w` of the table of words alone, on PostgreSQL. */
export function matchApart(wanted: readonly Wanted[]): Match {
  return matchBy(postgresql(columns.apart), wanted);
}

function matchBy(engine: Engine, wanted: readonly Wanted[]): Match {
  const points = wanted.map((one) => engine.pointsOf(one));
  return {
    condition: engine.matches(wanted),
    indexed: engine.matchesByIndex(wanted),
    relevance: { name: 'relevance', value: sql.join(points, sql` + `) },
  };
}

/** The best first. */
function placesOf(wanted: Wanted): Place[] {
  return (['ways', 'corrected'] as const).flatMap((kind) =>
    wanted[kind].length === 0 ? [] : weights.map((weight) => ({ kind, weight })),
  );
}

function pointsAt({ kind, weight }: Place): RawBuilder<unknown> {
  return sql.lit(POINTS[kind][weight]);
}

/** This weight and the ones that count more: "AB" for B. */
function atLeast(weight: Weight): readonly Weight[] {
  return weights.slice(0, weights.indexOf(weight) + 1);
}

function waysOf({ ways, corrected }: Wanted): Way[] {
  return [...ways, ...corrected];
}

/** A tsvector with a GIN index, which reads weights only where they are asked for. */
function postgresql(column: Column): Engine {
  return {
    matches: (wanted) => sql`${column} @@ ${allOf(wanted)}::tsquery`,
    // What a subquery tells is not known when the statement is planned: then a search is taken to find little.
    matchesByIndex: (wanted) => sql`${column} @@ (select ${allOf(wanted)}::tsquery)`,
    pointsOf: (wanted) => halved(column, wanted, placesOf(wanted)),
  };
}

/** By halves: common words are mostly where they count little, and each question costs as much as the visit to the row. */
function halved(column: Column, wanted: Wanted, places: readonly Place[]): RawBuilder<unknown> {
  const better = places.slice(0, Math.ceil(places.length / 2));
  const last = better.at(-1) as Place;
  if (places.length === 1) return pointsAt(last);
  return sql`case when ${hasAt(column, wanted[last.kind], last.weight)}
    then ${halved(column, wanted, better)} else ${halved(column, wanted, places.slice(better.length))} end`;
}

/** That it has one of these ways, in words that all count at least this; on PostgreSQL. */
export function hasAt(column: Column, ways: readonly Way[], weight: Weight): Condition {
  return sql`${column} @@ ${tsquery(ways, `:${atLeast(weight).join('')}`)}::tsquery`;
}

function allOf(wanted: readonly Wanted[]): string {
  return wanted.map((one) => tsquery(waysOf(one))).join(' & ');
}

function tsquery(ways: readonly Way[], suffix = ''): string {
  return anyOf(ways, (word) => `'${word}'${suffix}`, ' & ', ' | ');
}

/** FTS5 finds the rows, and knows no weights: those are read from the text that it was fed from. */
const sqlite: Engine = {
  matches: matchesFts,
  matchesByIndex: matchesFts,
  // What is found nowhere better is found at the last place.
  pointsOf: (wanted) => {
    const places = placesOf(wanted);
    const last = places.pop() as Place;
    const cases = places.map((place) => sql`when ${isHeld(wanted, place)} then ${pointsAt(place)}`);
    return sql`case ${sql.join(cases, sql` `)} else ${pointsAt(last)} end`;
  },
};

/** Asked where it is not held at a better place. */
function isHeld(wanted: Wanted, { kind, weight }: Place): Condition {
  return either(
    wanted[kind].map((way) => {
      // A single word that counted more was found before.
      const among = way.length === 1 ? [weight] : atLeast(weight);
      const has = way.map((word) => either(among.map((at) => holds(word, at))));
      return sql`(${sql.join(has, sql` and `)})`;
    }),
  );
}

function matchesFts(wanted: readonly Wanted[]): Condition {
  const words = wanted.map((one) => anyOf(waysOf(one), (word) => `"${word}"`, ' AND ', ' OR '));
  return sql`r.id in (
    select d.vehicle_id from vehicle_search join vehicle_search_documents as d on d.id = vehicle_search.rowid
    where vehicle_search match ${words.join(' AND ')})`;
}

function holds(word: string, weight: Weight): Condition {
  return sql`instr(r.search_terms, ${`'${word}':1${weight}`}) > 0`;
}

function anyOf(ways: readonly Way[], quoted: (word: string) => string, and: string, or: string): string {
  return `(${ways.map((way) => `(${way.map(quoted).join(and)})`).join(or)})`;
}

function either(conditions: readonly Condition[]): Condition {
  return sql`(${sql.join([...conditions], sql` or `)})`;
}
