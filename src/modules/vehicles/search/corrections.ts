import { editDistance } from './edit-distance.js';
import { formOf, isPlain } from './words.js';

/** Shorter words are too near to too many others. */
const SHORTEST = 4;

/** Of spellings that are equally near, the first so many by name: who lists cars as "Hona", "Honb" … gains nothing. */
const MAX_CORRECTIONS = 10;

/**
 * What buyers ask of a car of any make. Some are a letter or two from a model ("silver" and Silvia, "range" and Ranger),
 * and nobody who writes them means it.
 */
const PLAIN_WORDS = new Set(
  `alloy android automatic back backup beige best black blue bluetooth bronze brown camera cargo carplay certified cheap
  clean convertible cooled coupe cream crossover cruise diesel door doors drive driver electric family four front gasoline
  gold good gray great green grey hatchback heated hybrid hydrogen keyless large leather lift light like limited locks long
  manual matte mile miles minivan moon navigation nice orange owner owners pack package panoramic parking pearl pickup
  pink plus power premium purple radio range rear remote roof row safety seat seats sedan sensors service short silver
  small sound sport sports start steering sunroof third tires touch touring towing track trailer truck turbo used van
  wagon warranty wheel wheels white wide window windows winter wood yellow`.split(/\s+/),
);

/** Whether a misspelling may be looked for in this word. */
export function mayBeMisspelt(word: string): boolean {
  return word.length >= SHORTEST && isPlain(word) && !PLAIN_WORDS.has(word) && formOf(word) !== null;
}

/** How far a correction may lie from a word: as far as people mistype words of its length. */
export function reachOf(word: string): number {
  return word.length < 6 ? 1 : 2;
}

/**
 * Which of the known spellings a word may have been meant to be: the nearest within its reach, by name; none where it is
 * known itself, in this form or with another ending. Both databases offer candidates, and this alone decides.
 */
export function correctionsOf(word: string, known: readonly string[]): string[] {
  if (known.some((candidate) => isSameWord(word, candidate))) return [];
  const letters = lettersOf(word);
  let reach = reachOf(word);
  let nearest: string[] = [];
  for (const candidate of known) {
    // Each edit brings in one letter and takes one away, at most. Nearly all candidates go here, at a fraction of the cost.
    if (bitsIn(letters ^ lettersOf(candidate)) > 2 * reach) continue;
    const distance = editDistance(word, candidate, reach);
    if (distance === null) continue;
    if (distance < reach) nearest = [];
    reach = distance;
    nearest.push(candidate);
  }
  return [...new Set(nearest)].sort().slice(0, MAX_CORRECTIONS);
}

/** Endings change nothing at the front of a word; to take them off costs more than to look there. */
function isSameWord(word: string, other: string): boolean {
  return word.slice(0, 2) === other.slice(0, 2) && formOf(word) === formOf(other);
}

/** Which letters a word has, as bits; several letters of other scripts may share one. */
function lettersOf(word: string): number {
  let bits = 0;
  for (let index = 0; index < word.length; index++) bits |= 1 << (word.charCodeAt(index) & 31);
  return bits;
}

function bitsIn(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
