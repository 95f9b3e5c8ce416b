/**
 * Vehicle identification numbers as the United States define them: 17 characters whose ninth checks the others.
 * Source: 49 CFR 565.15 (positions, assigned values, weights, check digit), after ISO 3779. No car sold outside North
 * America has to carry a right check digit, so a fault in that alone says "mistyped" only for a US-market car.
 */

const VIN_LENGTH = 17;
/** Zero-based: position 9 of the text of 565.15(c). */
const CHECK_DIGIT_INDEX = 8;

/**
 * Assigned values of 565.15(c), Table III, each under its letter. Digits count as themselves; I, O and Q look like 1
 * and 0, so no VIN has them.
 */
const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';
const LETTER_VALUES = '12345678123457923456789';

/** Weights of 565.15(c), Table IV, by position; the check digit's own is 0. */
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2] as const;

/** A VIN as people type or paste it, in the form in which it is stored and compared. */
export function normalizeVin(raw: string): string {
  return raw.trim().toUpperCase();
}

/**
 * The character that belongs in position 9 of a normalised VIN, `0` to `9` or `X` for ten, whatever stands there now.
 * @throws RangeError when the text is not 17 permitted characters.
 */
export function vinCheckDigit(vin17: string): string {
  if (vin17.length !== VIN_LENGTH)
    throw new RangeError(`A VIN has ${VIN_LENGTH} characters, not ${vin17.length}.`);
  const sum = WEIGHTS.reduce<number>((total, weight, index) => total + weight * valueAt(vin17, index), 0);
  const remainder = sum % 11;
  return remainder === 10 ? 'X' : String(remainder);
}

/** Why a normalised VIN is wrong, as a sentence for the person who typed it; null when nothing is wrong. */
export function vinFault(vin: string): string | null {
  if (vin.length !== VIN_LENGTH) {
    return `A VIN has ${VIN_LENGTH} characters; this one has ${vin.length}.`;
  }
  if (/[IOQ]/.test(vin)) return 'A VIN never contains the letters I, O or Q; use 1 or 0 instead.';
  if (!/^[A-Z0-9]+$/.test(vin)) return 'A VIN contains only the letters A to Z and the digits 0 to 9.';
  // The right digit is not told: whoever copies it into position 9 hides the mistake that it was there to find.
  if (vin[CHECK_DIGIT_INDEX] !== vinCheckDigit(vin)) {
    return 'The check digit in position 9 does not fit the other characters: at least one of them is wrong.';
  }
  return null;
}

function valueAt(vin: string, index: number): number {
  if (index === CHECK_DIGIT_INDEX) return 0; // weighs nothing, so it may still be a placeholder
  const character = vin.charAt(index);
  if (character >= '0' && character <= '9') return Number(character);
  const letter = LETTERS.indexOf(character);
  if (letter < 0) throw new RangeError(`A VIN cannot contain "${character}" in position ${index + 1}.`);
  return Number(LETTER_VALUES.charAt(letter));
}
