import { stemmer } from 'stemmer';

/** Longer ones are no words, and an index holds no more of them. */
const MAX_WORD = 40;

/** Words that say nothing of a car. They are neither kept nor looked for. */
const STOP_WORDS = new Set(
  'a an and are as at be but by for from has have in is it its of on or our so that the this to was we with you your'.split(
    ' ',
  ),
);

/** Letters and digits, and what may join them to one name: "F-150", "CR-V", "2.5L", "driver's". */
const NAMES = /[\p{L}\p{N}]+(?:[-./'’][\p{L}\p{N}]+)*/gu;
const JOINTS = /[-./'’]/u;

/**
 * The words of a text as they are compared: without case, accents and endings. A name of several parts counts as its
 * parts and as the whole, so that "F-150" is found by "f150" and by "150". The order is the text's; words may repeat.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [name] of folded(text).matchAll(NAMES)) {
    const parts = name.split(JOINTS);
    for (const part of parts) add(words, part);
    if (parts.length > 1) add(words, parts.join(''));
  }
  return words;
}

/** The names of a text, each as the alternatives by which it may be found: its parts together, or the whole. */
export function namesOf(text: string): Array<{ readonly parts: string[]; readonly whole: string | null }> {
  return [...folded(text).matchAll(NAMES)].flatMap(([name]) => {
    const pieces = name.split(JOINTS);
    const parts: string[] = [];
    for (const piece of pieces) add(parts, piece);
    const whole: string[] = [];
    if (pieces.length > 1) add(whole, pieces.join(''));
    return parts.length + whole.length > 0 ? [{ parts, whole: whole[0] ?? null }] : [];
  });
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

function add(words: string[], word: string): void {
  if (word === '' || STOP_WORDS.has(word)) return;
  words.push(stem(word).slice(0, MAX_WORD));
}

/** Martin Porter's algorithm knows English letters; what has a digit in it is a name and has no endings. */
function stem(word: string): string {
  return /^[a-z]{3,}$/.test(word) ? stemmer(word) : word;
}
