import { describe, expect, it } from 'vitest';
import { normalizeVin, vinCheckDigit, vinFault } from '../../../src/kernel/vin.js';

/** Well-formed VINs, one of them with the check digit X. */
const RIGHT = ['1M8GDM9AXKP042788', '11111111111111111', '5GZCZ43D13S812715', '1HGCM82633A004352'];
const SAMPLE = '1M8GDM9AXKP042788';

function withCharacter(vin: string, index: number, character: string): string {
  return vin.slice(0, index) + character + vin.slice(index + 1);
}

describe('normalizeVin', () => {
  it('drops the white space around and raises the letters', () => {
    expect(normalizeVin(' \t1m8gdm9axkp042788\n')).toBe(SAMPLE);
  });

  it('leaves what stands inside for vinFault to see', () => {
    expect(normalizeVin('1m8 gdm9axkp042788')).toBe('1M8 GDM9AXKP042788');
  });
});

describe('vinCheckDigit', () => {
  it.each(RIGHT)('finds the digit that %s carries', (vin) => {
    expect(vinCheckDigit(vin)).toBe(vin[8]);
  });

  it('does not look at what stands in position 9', () => {
    for (const character of ['0', 'X', 'Z', '_']) {
      expect(vinCheckDigit(withCharacter(SAMPLE, 8, character))).toBe('X');
    }
  });

  // With a 1 in one position and zeros elsewhere the sum is that position's weight, so the digit shows it.
  it.each([...'8765432X098765432'].map((digit, index) => ({ position: index + 1, digit })))(
    'gives position $position the weight $digit',
    ({ position, digit }) => {
      expect(vinCheckDigit(withCharacter('0'.repeat(17), position - 1, '1'))).toBe(digit);
    },
  );

  it('gives every letter its assigned value', () => {
    // Position 8 weighs ten, which is -1 modulo 11: the digit is 11 less the letter's value.
    const digits = [...'ABCDEFGHJKLMNPRSTUVWXYZ'].map((letter) =>
      vinCheckDigit(withCharacter('0'.repeat(17), 7, letter)),
    );
    expect(digits.join('')).toBe('X9876543X98764298765432');
  });

  it('refuses another length', () => {
    expect(() => vinCheckDigit('1M8GDM9AXKP04278')).toThrow(RangeError);
  });

  it('refuses a character without a value and names its position', () => {
    expect(() => vinCheckDigit(withCharacter(SAMPLE, 3, 'Q'))).toThrow('"Q" in position 4');
  });
});

describe('vinFault', () => {
  it.each(RIGHT)('finds nothing wrong with %s', (vin) => {
    expect(vinFault(vin)).toBeNull();
  });

  it.each([
    ['', 0],
    ['1M8GDM9AXKP04278', 16],
    ['1M8GDM9AXKP0427888', 18],
  ])('says how long "%s" is', (vin, length) => {
    expect(vinFault(vin)).toBe(`A VIN has 17 characters; this one has ${length}.`);
  });

  it.each(['I', 'O', 'Q'])('refuses the letter %s', (letter) => {
    expect(vinFault(withCharacter(SAMPLE, 4, letter))).toMatch(/never contains the letters I, O or Q/);
  });

  it.each(['-', ' ', 'É', 'm', '٣', '\0'])('refuses the character %j', (character) => {
    expect(vinFault(withCharacter(SAMPLE, 4, character))).toMatch(/only the letters A to Z/);
  });

  it('wants a normalised VIN: lower case is a fault until normalizeVin raised it', () => {
    expect(vinFault(SAMPLE.toLowerCase())).not.toBeNull();
    expect(vinFault(normalizeVin(SAMPLE.toLowerCase()))).toBeNull();
  });

  it.each([...'0123456789'])('refuses the check digit %s where X belongs', (digit) => {
    expect(vinFault(withCharacter(SAMPLE, 8, digit))).toMatch(/check digit in position 9/);
  });

  it('refuses a check digit that is a letter other than X', () => {
    expect(vinFault(withCharacter(SAMPLE, 8, 'A'))).toMatch(/check digit in position 9/);
  });

  it('notices one mistyped digit in any position but the ninth', () => {
    const ones = '1'.repeat(17);
    for (let index = 0; index < 17; index += 1) {
      if (index !== 8)
        expect(vinFault(withCharacter(ones, index, '2')), `position ${index + 1}`).not.toBeNull();
    }
  });

  it('notices two neighbours that changed places', () => {
    expect(vinFault('1M8GDM9AXKP042878')).not.toBeNull();
  });
});
