import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, mostSimilar } from '../../../src/modules/vehicles/showcase/similar.rules.js';

const wanted: Candidate = {
  id: 'own',
  bodyType: 'SEDAN',
  askingPrice: 2_000_000,
  makeKey: 'toyota',
  modelKey: 'camry',
};

function car(id: string, over: Partial<Candidate> = {}): Candidate {
  return { ...wanted, id, makeKey: 'mazda', modelKey: '6', ...over };
}

describe('the most similar', () => {
  it('are of the same body and price band, then body, then band, then the rest', () => {
    const all = [
      car('rest', { bodyType: 'SUV', askingPrice: 9_000_000 }),
      car('band', { bodyType: 'SUV' }),
      car('body', { askingPrice: 9_000_000 }),
      car('both', { askingPrice: 2_400_000 }),
    ];
    expect(mostSimilar(wanted, all, 9)).toEqual(['both', 'body', 'band', 'rest']);
  });

  it('are of the price band at exactly 20 % more or less, and not a cent beyond', () => {
    const all = [
      car('over', { askingPrice: 2_400_001 }),
      car('more', { askingPrice: 2_400_000 }),
      car('under', { askingPrice: 1_599_999 }),
      car('less', { askingPrice: 1_600_000 }),
    ];
    const ranked = mostSimilar(wanted, all, 4);
    expect(new Set(ranked.slice(0, 2))).toEqual(new Set(['more', 'less']));
  });

  it('are the same model first, then the same make, then the nearest price', () => {
    const all = [
      car('far', { askingPrice: 2_100_000 }),
      car('near', { askingPrice: 2_010_000 }),
      car('make', { makeKey: 'toyota', modelKey: 'corolla', askingPrice: 2_300_000 }),
      car('model', { makeKey: 'toyota', modelKey: 'camry', askingPrice: 2_390_000 }),
      car('namesake', { makeKey: 'other', modelKey: 'camry', askingPrice: 2_390_000 }),
    ];
    expect(mostSimilar(wanted, all, 5)).toEqual(['model', 'make', 'near', 'far', 'namesake']);
  });

  it('of a vehicle without a body go by price alone', () => {
    const own = { ...wanted, bodyType: null };
    const all = [car('far', { askingPrice: 5_000_000, bodyType: null }), car('near', { bodyType: 'VAN' })];
    expect(mostSimilar(own, all, 2)).toEqual(['near', 'far']);
  });

  it('are never the vehicle itself, never one twice, and never more than asked for', () => {
    const any = record({
      id: constantFrom('own', 'a', 'b', 'c', 'd', 'e'),
      bodyType: constantFrom('SEDAN', 'SUV', null),
      askingPrice: integer({ min: 100, max: 5_000_000 }),
      makeKey: constantFrom('toyota', 'mazda'),
      modelKey: constantFrom('camry', '6'),
    });
    assert(
      property(array(any), integer({ min: 1, max: 6 }), (candidates, count) => {
        const ranked = mostSimilar(wanted, candidates, count);
        expect(ranked).not.toContain('own');
        expect(new Set(ranked).size).toBe(ranked.length);
        expect(ranked.length).toBeLessThanOrEqual(count);
      }),
    );
  });
});
