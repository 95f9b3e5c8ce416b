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

/** How an engine is asked for words of the row `r`. */
interface Engine {
  /** That it has each of these. */
  matches(wanted: readonly Wanted[]): Condition;
  /** The same, by the index of words and by nothing else. */
  matchesByIndex(wanted: readonly Wanted[]): Condition;
  /** That it has one of these ways, in words that all count at least this. Asked where it has none that counts more. */
  hasAt(ways: readonly Way[], weight: Weight): Condition;
}

/** That a listing has all that is wanted, and how well: a number that depends on the listing and the search alone. */
export function matchOf(
  em: SqlEntityManager,
  wanted: readonly Wanted[],
): { readonly condition: Condition; readonly indexed: Condition; readonly relevance: Computed } {
  const engine = isPostgres(em) ? postgresql : sqlite;
  const points = wanted.map((one) => pointsOf(engine, one));
  return {
    condition: engine.matches(wanted),
    indexed: engine.matchesByIndex(wanted),
    relevance: { name: 'relevance', value: sql.join(points, sql` + `) },
  };
}

/** Of a listing that matches: what is found nowhere better is found at the last place. */
function pointsOf(engine: Engine, wanted: Wanted): RawBuilder<unknown> {
  const places = (['ways', 'corrected'] as const).flatMap((kind) =>
    wanted[kind].length === 0 ? [] : weights.map((weight) => ({ kind, weight })),
  );
  const last = places.pop() as (typeof places)[number];
  const cases = places.map(
    ({ kind, weight }) =>
      sql`when ${engine.hasAt(wanted[kind], weight)} then ${sql.lit(POINTS[kind][weight])}`,
  );
  return sql`case ${sql.join(cases, sql` `)} else ${sql.lit(POINTS[last.kind][last.weight])} end`;
}

/** This weight and the ones that count more: "AB" for B. */
function atLeast(weight: Weight): readonly Weight[] {
  return weights.slice(0, weights.indexOf(weight) + 1);
}

function waysOf({ ways, corrected }: Wanted): Way[] {
  return [...ways, ...corrected];
}

/** A tsvector with a GIN index, which reads weights only where they are asked for. */
const postgresql: Engine = {
  matches: (wanted) => sql`r.search_terms @@ ${allOf(wanted)}::tsquery`,
  // What a subquery tells is not known when the statement is planned: then a search is taken to find little.
  matchesByIndex: (wanted) => sql`r.search_terms @@ (select ${allOf(wanted)}::tsquery)`,
  hasAt,
};

/** On PostgreSQL. */
export function hasAt(ways: readonly Way[], weight: Weight): Condition {
  return sql`r.search_terms @@ ${tsquery(ways, `:${atLeast(weight).join('')}`)}::tsquery`;
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
  hasAt: (ways, weight) =>
    either(
      ways.map((way) => {
        // A single word that counted more was found before.
        const places = way.length === 1 ? [weight] : atLeast(weight);
        const has = way.map((word) => either(places.map((place) => holds(word, place))));
        return sql`(${sql.join(has, sql` and `)})`;
      }),
    ),
};

function matchesFts(wanted: readonly Wanted[]): Condition {
  const words = wanted.map((one) => anyOf(waysOf(one), (word) => `"${word}"`, ' AND ', ' OR '));
  return sql`r.id in (
    select d.vehicle_id from vehicle_search join vehicle_search_documents as d on d.id = vehicle_search.rowid
    where vehicle_search match ${words.join(' AND ')})`;
}

function holds(word: string, place: Weight): Condition {
  return sql`instr(r.search_terms, ${`'${word}':1${place}`}) > 0`;
}

function anyOf(ways: readonly Way[], quoted: (word: string) => string, and: string, or: string): string {
  return `(${ways.map((way) => `(${way.map(quoted).join(and)})`).join(or)})`;
}

function either(conditions: readonly Condition[]): Condition {
  return sql`(${sql.join([...conditions], sql` or `)})`;
}
