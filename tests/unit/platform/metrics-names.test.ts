import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { OperationNames } from '../../../src/platform/metrics/operation-names.js';

describe('names of operations as labels', () => {
  let now: number;
  let left: string[];
  let names: OperationNames;
  const limits = { places: 2, after: 3, restMs: 1_000 };
  const use = (name: string, times = 3) =>
    Array.from({ length: times }, () => names.labelOf(name, true)).at(-1);

  beforeEach(() => {
    now = 0;
    left = [];
    names = new OperationNames(
      (name) => left.push(name),
      limits,
      () => now,
    );
  });

  it('are told apart once they have succeeded a few times', () => {
    expect([1, 2, 3, 4].map(() => names.labelOf('Market', true))).toEqual([
      'other',
      'other',
      'Market',
      'Market',
    ]);
  });

  it('are not told apart for failing, however often; and are when they fail later', () => {
    for (let time = 0; time < 10; time++) expect(names.labelOf('Guess', false)).toBe('other');
    use('Market');
    expect(names.labelOf('Market', false)).toBe('Market');
  });

  it('are anonymous where there are none', () => {
    expect(names.labelOf(undefined, true)).toBe('anonymous');
    expect(names.labelOf('', true)).toBe('anonymous');
  });

  it('cannot pass themselves off as the words for the others, nor be endless', () => {
    for (const name of ['other', 'anonymous', 'A'.repeat(81)]) expect(use(name, 5)).toBe('other');
    expect(use('A'.repeat(80))).toBe('A'.repeat(80));
  });

  it('find no place where all are in use', () => {
    use('One');
    use('Two');
    expect(use('Three', 10)).toBe('other');
    expect(names.labelOf('One', true)).toBe('One');
    expect(left).toEqual([]);
  });

  it('give their place to another one when they have not been heard of for long, the longest silent first', () => {
    use('One');
    use('Two');
    now = 999;
    names.labelOf('One', true);
    now = 1_000;
    expect(use('Three')).toBe('Three');
    expect(left).toEqual(['Two']);
    expect(names.labelOf('Two', true)).toBe('other');
    expect(names.labelOf('One', true)).toBe('One');
  });

  it('are bounded, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.boolean(), fc.nat(2_000)), { maxLength: 300 }),
        (calls) => {
          const gone = new Set<string>();
          const held = new Set<string>();
          let time = 0;
          const bounded = new OperationNames(
            (name) => {
              gone.add(name);
              held.delete(name);
            },
            limits,
            () => time,
          );
          for (const [name, isGood, later] of calls) {
            time += later;
            const label = bounded.labelOf(name, isGood);
            if (label !== 'other' && label !== 'anonymous') held.add(label);
            expect(held.size).toBeLessThanOrEqual(2);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('do not keep in memory what strangers invent', () => {
    for (let n = 0; n < 5_000; n++) names.labelOf(`Invented${n}`, true);
    const { candidates } = names as unknown as { candidates: Map<string, number> };
    expect(candidates.size).toBe(1_000);
  });
});
