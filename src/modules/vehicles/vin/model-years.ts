import { bounds } from '../vehicle.rules.js';

/**
 * The codes of 49 CFR 565.15, Table VII, in their order: position 10 of a VIN means one year of 1980 to 2009 and one of
 * 2010 to 2039.
 */
const CODES = 'ABCDEFGHJKLMNPRSTVWXY123456789';
const FIRST_YEAR = 1980;

/**
 * The model years that a VIN can mean, the likeliest first; none where position 10 is no year. Of cars and light trucks
 * position 7 tells which it is: a digit until 2009, a letter since. None is further ahead than makers sell.
 */
export function modelYearsOf(vin: string, now: Date): number[] {
  const place = CODES.indexOf(vin.charAt(9));
  if (place < 0) return [];
  const early = FIRST_YEAR + place;
  const late = early + CODES.length;
  const years = /\d/.test(vin.charAt(6)) ? [early, late] : [late, early];
  return years.filter((year) => year <= now.getUTCFullYear() + bounds.yearsAhead);
}
