import { describe, expect, it } from 'vitest';
import { type SearchableListing, searchTermsOf } from '../../../src/modules/vehicles/search/search-terms.js';

const listing: SearchableListing = {
  make: 'Honda',
  model: 'CR-V',
  year: 2021,
  trim: 'EX-L',
  bodyType: 'SUV',
  fuelType: 'PLUGIN_HYBRID',
  exteriorColor: 'Pearl White',
  features: ['Heated seats', 'Sunroof'],
  description: 'A Honda with heated seats; one owner.',
};

describe('the terms of a listing', () => {
  it('have each word once, with the best place where it stands', () => {
    expect(searchTermsOf(listing).split(' ')).toEqual([
      "'honda':1A",
      "'cr':1A",
      "'v':1A",
      "'crv':1A",
      "'hondacrv':1A",
      "'2021':1A",
      "'ex':1B",
      "'l':1B",
      "'exl':1B",
      "'heat':1C",
      "'seat':1C",
      "'sunroof':1C",
      "'suv':1C",
      "'plugin':1C",
      "'hybrid':1C",
      "'pearl':1C",
      "'white':1C",
      "'on':1D",
      "'owner':1D",
    ]);
  });

  it('are never empty, and hold letters and digits alone, whatever a listing says', () => {
    const odd = { ...listing, make: "';--", model: '🚗', trim: null, bodyType: null, fuelType: null };
    const terms = searchTermsOf({
      ...odd,
      exteriorColor: null,
      features: [],
      description: `a'b\\c "d":e* 𐌰\u0301`,
    });
    expect(terms).toBe(`'2021':1A 'b':1D 'ab':1D 'c':1D 'd':1D 'e':1D '𐌰':1D`);
  });
});
