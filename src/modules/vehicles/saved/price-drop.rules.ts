import type { SavedRange } from './price-drop.entity.js';

/**
 * What no range covers of the ids up to `last`: whom a price that falls now is news to. The others are still to be told
 * of an earlier fall, and will be told the price of then.
 */
export function gapsIn(ranges: readonly SavedRange[], last: string): SavedRange[] {
  const gaps: SavedRange[] = [];
  let covered: string | null = null;
  for (const { after, upTo } of ranges.toSorted(byBeginning)) {
    if (after !== null && isBehind(after, covered)) gaps.push({ after: covered, upTo: after });
    if (isBehind(upTo, covered)) covered = upTo;
  }
  if (isBehind(last, covered)) gaps.push({ after: covered, upTo: last });
  return gaps;
}

/** Whether an id comes after another one; null stands before all. */
function isBehind(id: string, other: string | null): boolean {
  return other === null || id > other;
}

function byBeginning({ after: one }: SavedRange, { after: other }: SavedRange): number {
  if (one === other) return 0;
  return one === null || (other !== null && one < other) ? -1 : 1;
}
