import { badInput, type FieldMessages } from './errors.js';

/** Lengths in UTF-16 code units, as JavaScript and most clients count them. */
export const textLimits = { name: 100, description: 5_000, message: 2_000, email: 254, url: 2_000 } as const;

const BLANK = 'This field may not be blank.';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Why a text cannot be stored, or null. PostgreSQL refuses NUL with an error of its own, SQLite keeps it. */
export function textFault(value: string, max: number): string | null {
  if (value.length > max) return `Ensure this field has no more than ${max} characters.`;
  if (CONTROL.test(value)) return 'Control characters are not allowed.';
  if (!value.isWellFormed()) return 'This is not well-formed Unicode text.';
  return null;
}

/** As a terminal, a mail's header or a list entry breaks lines: NEL and Unicode's separators too. */
const LINE_BREAK = /[\n\r\u0085\u2028\u2029]/;

/** Why a text cannot stand on one line, or null. Names do: they are quoted in mails' subjects and in lists. */
export function lineFault(value: string, max: number): string | null {
  return textFault(value, max) ?? (LINE_BREAK.test(value) ? 'Line breaks are not allowed.' : null);
}

/**
 * Collects what is wrong with an input, field by field, so that a client learns of all of it at once.
 * `done` throws BAD_USER_INPUT if there was anything.
 */
export class InputCheck {
  private readonly faults: FieldMessages = {};

  fault(field: string, message: string): void {
    const messages = this.faults[field] ?? [];
    this.faults[field] = messages;
    messages.push(message);
  }

  ensure(condition: boolean, field: string, message: string): void {
    if (!condition) this.fault(field, message);
  }

  /** A trimmed text that must say something. */
  required(field: string, value: string | null | undefined, max: number): string {
    const text = value?.trim() ?? '';
    if (text === '') this.fault(field, BLANK);
    return this.noting(field, text, textFault(text, max));
  }

  /** A trimmed text or, where it is blank or absent, null. */
  optional(field: string, value: string | null | undefined, max: number): string | null {
    const text = value?.trim() ?? '';
    return text === '' ? null : this.noting(field, text, textFault(text, max));
  }

  /** As `required`, on one line. */
  requiredLine(field: string, value: string | null | undefined, max: number): string {
    const text = value?.trim() ?? '';
    if (text === '') this.fault(field, BLANK);
    return this.noting(field, text, lineFault(text, max));
  }

  /** As `optional`, on one line. */
  optionalLine(field: string, value: string | null | undefined, max: number): string | null {
    const text = value?.trim() ?? '';
    return text === '' ? null : this.noting(field, text, lineFault(text, max));
  }

  integer(field: string, value: number, min: number, max: number): number {
    if (!Number.isInteger(value) || value < min || value > max) {
      this.fault(field, `Ensure this value is between ${min} and ${max}.`);
    }
    return value;
  }

  done(): void {
    if (Object.keys(this.faults).length > 0) throw badInput(this.faults);
  }

  private noting(field: string, text: string, fault: string | null): string {
    if (fault) this.fault(field, fault);
    return text;
  }
}

/** A LIKE pattern, with `\` as its escape character, for texts that contain this one. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
