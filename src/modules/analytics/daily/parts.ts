import type { RawBuilder } from 'kysely';
import { type Day, daysAfter } from '../../../kernel/days.js';
import type { Stretch } from './figures.statement.js';

/**
 * A range in two: the days up to the last one that is counted, and those after it. Either may be missing. Whoever reads
 * both has to have asked for `counted` first, and read no counts beyond it: a day may be counted at any moment.
 */
export function partsOf(
  { from, to }: Stretch,
  counted: Day | null,
  fromCounts: (days: Stretch) => RawBuilder<unknown>,
  fromRows: (days: Stretch) => RawBuilder<unknown>,
): RawBuilder<unknown>[] {
  if (counted === null || counted < from) return [fromRows({ from, to })];
  if (counted >= to) return [fromCounts({ from, to })];
  return [fromCounts({ from, to: counted }), fromRows({ from: daysAfter(counted, 1), to })];
}
