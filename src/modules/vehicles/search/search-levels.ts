import { sql } from 'kysely';
import type { Condition } from '../../../kernel/reads.js';
import { type Column, hasAt, POINTS, type Wanted, type Way } from './search-match.js';
import { type Weight, weights } from './search-terms.js';

/** What a search finds of one relevance. Each listing that is found is of one level. */
export interface Level {
  readonly relevance: number;
  readonly condition: Condition;
}

/**
 * What a search for one name finds by its relevance, the greatest first; null where it has to be computed for each listing
 * instead. PostgreSQL has an index of the words of each weight, so that a level is found without a look at the others;
 * SQLite has none. Two names have a level for each sum of two places: to plan for them all takes longer than it saves.
 */
export function levelsOf(column: Column, wanted: readonly Wanted[]): Level[] | null {
  const [name, ...more] = wanted;
  if (!name || more.length > 0) return null;
  const { ways, corrected } = name;
  const levels = weights.map((weight) => ({
    relevance: POINTS.ways[weight],
    condition: isBestAt(column, ways, weight),
  }));
  if (corrected.length === 0) return levels;
  const last = weights.at(-1) as Weight;
  const meant = weights.map((weight) => ({
    relevance: POINTS.corrected[weight],
    condition: sql`${isBestAt(column, corrected, weight)} and not ${hasAt(column, ways, last)}`,
  }));
  return [...levels, ...meant];
}

/**
 * That the best place of a name is this one. A listing has each word at one place, so that one of its words is there: that
 * is what the index tells. Of a single word nothing else needs to be asked.
 */
function isBestAt(column: Column, ways: readonly Way[], weight: Weight): Condition {
  const words = [...new Set(ways.flat())];
  const there = sql`ts_filter(${column}, ${sql.lit(`{${weight.toLowerCase()}}`)})
    @@ ${words.map((word) => `'${word}'`).join(' | ')}::tsquery`;
  if (words.length === 1) return there;
  const better = weights[weights.indexOf(weight) - 1];
  const noBetter = better ? sql` and not ${hasAt(column, ways, better)}` : sql``;
  return sql`${there} and ${hasAt(column, ways, weight)}${noBetter}`;
}
