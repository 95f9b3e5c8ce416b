import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correctionsOf, mayBeMisspelt } from '../../../src/modules/vehicles/search/corrections.js';
import { editDistance } from '../../../src/modules/vehicles/search/edit-distance.js';

/** The definition, word for word: the least of what the last letters allow. */
function defined(a: string, b: string): number {
  if (a === '') return b.length;
  if (b === '') return a.length;
  const choices = [
    defined(a.slice(0, -1), b) + 1,
    defined(a, b.slice(0, -1)) + 1,
    defined(a.slice(0, -1), b.slice(0, -1)) + (a.at(-1) === b.at(-1) ? 0 : 1),
  ];
  const swaps = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  if (swaps) choices.push(defined(a.slice(0, -2), b.slice(0, -2)) + 1);
  return Math.min(...choices);
}

describe('the distance of two words', () => {
  it.each([
    ['honda', 'honda', 0],
    ['hunda', 'honda', 1],
    ['hodna', 'honda', 1],
    ['acord', 'accord', 1],
    ['toyotta', 'toyota', 1],
    ['ca', 'abc', 3],
    ['', 'abc', 3],
  ])('from %j to %j is %i', (from, to, distance) => {
    expect(editDistance(from, to, 5)).toBe(distance);
    expect(editDistance(to, from, 5)).toBe(distance);
    expect(editDistance(from, to, distance - 1)).toBeNull();
  });

  it('is what its definition says, or null where that is more than asked for', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    const property = fc.property(word, word, fc.integer({ min: 0, max: 4 }), (from, to, most) => {
      const distance = defined(from, to);
      expect(editDistance(from, to, most)).toBe(distance <= most ? distance : null);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

const known = [
  'accord',
  'camry',
  'chevrolet',
  'civic',
  'honda',
  'hyundai',
  'mercedes',
  'ranger',
  'rio',
  'toyota',
];

describe('corrections', () => {
  it.each([
    ['hunda', ['honda']],
    ['chevrolay', ['chevrolet']],
    ['hundai', ['hyundai']],
    ['mercedez', ['mercedes']],
    // Another ending of a known word is no misspelling.
    ['camrys', []],
    ['honda', []],
    // Two letters off in a word of five.
    ['hando', []],
    ['tojoda', ['toyota']],
    ['zzzzzz', []],
  ])('of %s', (word, corrections) => {
    expect(correctionsOf(word, known)).toEqual(corrections);
    expect(correctionsOf(word, known.toReversed())).toEqual(corrections);
  });

  it('are all that are equally near, and none that is farther', () => {
    expect(correctionsOf('bolts', ['volts', 'boltz', 'baltz'])).toEqual(['boltz', 'volts']);
    expect(correctionsOf('altimo', ['altima', 'ultima'])).toEqual(['altima']);
  });

  it('are ten at most, by name, whatever a dealer lists', () => {
    const near = Array.from('abcdefghijklm', (letter) => `hond${letter}x`);
    expect(correctionsOf('hondqx', near.toReversed())).toEqual(near.slice(0, 10));
  });

  it.each([
    ['hunda', true],
    ['kia', false],
    ['f1500', false],
    ['silver', false],
    ['sedan', false],
    ['with', false],
  ])('may be meant by %s: %s', (word, may) => {
    expect(mayBeMisspelt(word)).toBe(may);
  });
});
