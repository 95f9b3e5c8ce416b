import { stemmer } from 'stemmer';

/** Longer words are cut: an index holds no more of them, and no two that differ only behind this are told apart. */
const MAX_WORD = 40;

/** Words that say nothing of a car. They are neither kept nor looked for. */
const STOP_WORDS = new Set(
  'a an and are as at be but by for from has have in is it its of on or our so that the this to was we with you your'.split(
    ' ',
  ),
);

/** Letters and digits, and what may join them to one name: "F-150", "CR-V", "2.5L", "driver's". */
const NAMES = /[\p{L}\p{N}]+(?:[-./'’][\p{L}\p{N}]+)*/gu;
const MARKS = /\p{M}+/gu;
const JOINTS = /[-./'’]/u;

/** A name as a text has it, folded: what stands between spaces. */
export interface Name {
  /** "f" and "150" of "F-150". */
  readonly parts: readonly string[];
  /** Its parts as one: "f150". */
  readonly whole: string;
}

/** The names of a text in its order, without case and accents. */
export function namesOf(text: string): Name[] {
  return [...folded(text).matchAll(NAMES)].map(([name]) => {
    const parts = name.split(JOINTS);
    return { parts, whole: parts.join('') };
  });
}

/**
 * The form in which a word is kept and looked for: cut and without its ending. Null for one that says nothing. Two words
 * of the same form are the same word.
 */
export function formOf(word: string): string | null {
  return STOP_WORDS.has(word) ? null : stem(cut(word));
}

/**
 * The words of a text by which it is found. A name of several parts counts as its parts and as the whole, so that "F-150"
 * is found by "f150" and by "150". The order is the text's; words may repeat.
 */
export function wordsOf(text: string): string[] {
  return formsOf(namesOf(text).flatMap(spellingsOf));
}

/**
 * As `wordsOf`, for what a car is called: there two names beside each other are also one, for people write "landrover"
 * and "mazda3".
 */
export function calledWordsOf(text: string): string[] {
  const names = namesOf(text);
  return formsOf([...names.flatMap(spellingsOf), ...pairsOf(names)]);
}

/** The spellings of a make or a model to which a misspelt word may be put right: as they are written, endings and all. */
export function knownSpellingsOf(name: string): string[] {
  const names = namesOf(name);
  const spellings = [...names.flatMap(spellingsOf), ...pairsOf(names)].map(cut);
  return [...new Set(spellings.filter((word) => isPlain(word) && word.length >= 3 && formOf(word) !== null))];
}

/** Letters alone. A number that differs by one digit is another number. */
export function isPlain(word: string): boolean {
  return /^\p{L}+$/u.test(word);
}

function spellingsOf({ parts, whole }: Name): readonly string[] {
  return parts.length > 1 ? [...parts, whole] : parts;
}

function pairsOf(names: readonly Name[]): string[] {
  return names.slice(1).map(({ whole }, index) => `${names[index]?.whole}${whole}`);
}

function formsOf(words: readonly string[]): string[] {
  return words.map(formOf).filter((form) => form !== null);
}

/** Marks go before as well: to put a long run of them into its order takes as long as its square. */
function folded(text: string): string {
  return text.replace(MARKS, '').normalize('NFKD').replace(MARKS, '').toLowerCase();
}

/** Never within a character: PostgreSQL takes no half ones. */
function cut(word: string): string {
  return word.length <= MAX_WORD ? word : word.slice(0, MAX_WORD).replace(/[\ud800-\udbff]$/, '');
}

/** Martin Porter's algorithm knows English letters; what has a digit in it is a name and has no endings. */
function stem(word: string): string {
  return /^[a-z]{3,}$/.test(word) ? stemmer(word) : word;
}
