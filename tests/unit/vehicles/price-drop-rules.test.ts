import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SavedRange } from '../../../src/modules/vehicles/saved/price-drop.entity.js';
import { gapsIn } from '../../../src/modules/vehicles/saved/price-drop.rules.js';

const range = (after: string | null, upTo: string): SavedRange => ({ after, upTo });

describe('whom a drop is news to', () => {
  it('everybody, where nothing is pending', () => {
    expect(gapsIn([], 'f')).toEqual([range(null, 'f')]);
  });

  it('those who have been told of the drop before, and those who saved it since', () => {
    expect(gapsIn([range('b', 'd')], 'f')).toEqual([range(null, 'b'), range('d', 'f')]);
  });

  it('nobody, where all are still to be told of an earlier one', () => {
    expect(gapsIn([range(null, 'f')], 'f')).toEqual([]);
  });

  it('covers each id once, whatever is pending', () => {
    const letters = [...'abcdefghijkl'];
    const ids = fc.uniqueArray(fc.constantFrom(...letters), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(ids, fc.constantFrom(...letters), fc.boolean(), (cuts, last, fromStart) => {
        const ends = [...(fromStart ? [null] : []), ...cuts.sort()];
        const pending = Array.from({ length: Math.floor(ends.length / 2) }, (_, index) =>
          range(ends[2 * index] ?? null, ends[2 * index + 1] as string),
        ).reverse();
        const covers = (ranges: readonly SavedRange[], id: string) =>
          ranges.filter(({ after, upTo }) => (after === null || id > after) && id <= upTo).length;
        const gaps = gapsIn(pending, last);
        for (const id of letters.filter((letter) => letter <= last)) {
          expect(covers(pending, id) + covers(gaps, id)).toBe(1);
        }
      }),
    );
  });
});
