import { describe, expect, it } from 'vitest';
import { soughtNamesOf } from '../../../src/modules/vehicles/search/search-query.js';

describe('the names of a search', () => {
  it.each([
    ['honda accord', [[['honda']], [['accord']]], ['honda', 'accord']],
    ['honda HONDA', [[['honda']]], ['honda']],
    ['f-150', [[['f150']]], [null]],
    ['all-wheel', [[['allwheel'], ['all', 'wheel']]], ['allwheel']],
    [
      'cr v',
      [
        [['cr'], ['crv']],
        [['v'], ['crv']],
      ],
      [null, null],
    ],
    ['the a 4', [[['4'], ['a4']]], [null]],
    ['for-sale', [[['forsal'], ['sale']]], ['forsale']],
    ['the', [], []],
    ['to-the i-s', [], []],
    ['silver', [[['silver']]], [null]],
    ['2021', [[['2021']]], [null]],
    ['🚗', [], []],
  ])('%j', (text, ways, written) => {
    const names = soughtNamesOf(text);
    expect(names.map((name) => name.ways)).toEqual(ways);
    expect(names.map((name) => name.written)).toEqual(written);
  });
});
