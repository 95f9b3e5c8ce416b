import { describe, expect, it } from 'vitest';
import {
  calledWordsOf,
  formOf,
  isPlain,
  knownSpellingsOf,
  namesOf,
  wordsOf,
} from '../../../src/modules/vehicles/search/words.js';

describe('words of a text', () => {
  it.each([
    ['Honda Accord', ['honda', 'accord']],
    ['  ', []],
    ['🚗 !!! … --', []],
    ['F-150', ['f', '150', 'f150']],
    ["driver's seat", ['driver', 's', 'driver', 'seat']],
    ['2.5L V6', ['2', '5l', '25l', 'v6']],
    ['Citroën Škoda', ['citroen', 'skoda']],
    ['HEATED SEATS, heated', ['heat', 'seat', 'heat']],
    ['ＴＯＹＯＴＡ ①', ['toyota', '1']],
    ['the best of it', ['best']],
    ['-a- .b. c-', ['b', 'c']],
    ['Лада Нива', ['лада', 'нива']],
    ['سيارة', ['سيارة']],
    ['İstanbul STRASSE Straße', ['istanbul', 'strass', 'straße']],
    [':* & | ! ( ) \' " \\', []],
    ["x'); drop table vehicles; --", ['x', 'drop', 'tabl', 'vehicl']],
    ['NEAR(a b) AND OR NOT', ['near', 'b', 'not']],
  ])('%j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('are the same for a word with and without an ending', () => {
    expect(formOf('camrys')).toBe(formOf('camry'));
    expect(formOf('seats')).toBe(formOf('seat'));
    expect(formOf('the')).toBeNull();
  });

  it('are cut at 40 letters, and never within a character', () => {
    expect(formOf('b'.repeat(100))).toBe('b'.repeat(40));
    const gothic = '\u{10330}';
    expect(formOf(`b${gothic.repeat(30)}`)).toBe(`b${gothic.repeat(19)}`);
  });

  it.each([
    ['combining marks', `a${'\u0301\u0323'.repeat(48_000)}`],
    ['combining marks alone', '\u0323\u0301'.repeat(2_500)],
    ['ligatures of 18 letters', '\ufdfa'.repeat(5_000)],
    ['one name of many parts', 'a-'.repeat(48_000)],
    ['apostrophes', "'".repeat(96_000)],
    ['one letter', 'y'.repeat(96_000)],
    ['vowels and consonants', 'yayeyi'.repeat(16_000)],
    ['very many words', Array.from({ length: 16_000 }, (_, index) => `w${index}s`).join(' ')],
  ])('come without a stall: %s', (_what, text) => {
    const startedAt = performance.now();
    wordsOf(text);
    calledWordsOf(text.slice(0, 200));
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('what a car is called', () => {
  it.each([
    ['Ford F-150', ['ford', 'f', '150', 'f150', 'fordf150']],
    ['Mazda 3', ['mazda', '3', 'mazda3']],
    ['Land Rover Defender', ['land', 'rover', 'defend', 'landrov', 'roverdefend']],
  ])('%s is found by pairs of names too', (text, words) => {
    expect(calledWordsOf(text)).toEqual(words);
  });
});

describe('known spellings', () => {
  it.each([
    ['Mercedes-Benz', ['mercedes', 'benz', 'mercedesbenz']],
    ['Santa Fe', ['santa', 'santafe']],
    ['F-150', []],
    ['Mazda3', []],
    ['CR-V', ['crv']],
    ['Škoda Octavia', ['skoda', 'octavia', 'skodaoctavia']],
    ['The One', ['one', 'theone']],
  ])('of %s', (name, spellings) => {
    expect(knownSpellingsOf(name)).toEqual(spellings);
  });
});

it('a name keeps its parts', () => {
  expect(namesOf('Ford F-150')).toEqual([
    { parts: ['ford'], whole: 'ford' },
    { parts: ['f', '150'], whole: 'f150' },
  ]);
});

it.each([
  ['accord', true],
  ['škoda', true],
  ['f150', false],
  ['', false],
  ["x'", false],
])('letters alone: %j is %s', (word, plain) => {
  expect(isPlain(word)).toBe(plain);
});
