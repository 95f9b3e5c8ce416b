import { describe, expect, it } from 'vitest';
import { InputCheck, lineFault, textFault } from '../../../src/kernel/text.js';

const BLANK = 'This field may not be blank.';

/** What a check throws, by field. */
function faultsOf(work: (check: InputCheck) => void): unknown {
  const check = new InputCheck();
  work(check);
  try {
    check.done();
  } catch (error) {
    return (error as { extensions: { fields: unknown } }).extensions.fields;
  }
  return null;
}

describe('texts', () => {
  it.each(['', 'a', 'a\tb\r\nc', '日本語', '😀', 'ﬀ', '\u200f', '\ufffd', '\u2028', '\u0085'])(
    'takes %j',
    (text) => {
      expect(textFault(text, 10)).toBeNull();
    },
  );

  it.each(['\u0000', 'a\u0000', '\u0007', '\u000b', '\u001b[0m', '\u007f'])(
    'refuses the controls in %j',
    (text) => {
      expect(textFault(text, 10)).toBe('Control characters are not allowed.');
    },
  );

  it.each(['\ud800', 'a\udc00', '\ude00\ud83d'])('refuses the lone surrogate in %j', (text) => {
    expect(textFault(text, 10)).toBe('This is not well-formed Unicode text.');
  });

  it('counts UTF-16 code units', () => {
    expect(textFault('😀😀', 4)).toBeNull();
    expect(textFault('😀😀', 3)).toBe('Ensure this field has no more than 3 characters.');
  });
});

describe('lines', () => {
  it.each(['', 'a b\tc', 'Müller & Söhne', '😀', '\u200f'])('take %j', (text) => {
    expect(lineFault(text, 20)).toBeNull();
  });

  it.each(['a\nb', 'a\rb', 'a\r\nBcc: x@example.com', 'a\u0085b', 'a\u2028b', 'a\u2029b'])(
    'refuse the break in %j',
    (text) => {
      expect(lineFault(text, 30)).toBe('Line breaks are not allowed.');
    },
  );

  it.each([
    ['aaaa', 'Ensure this field has no more than 3 characters.'],
    ['\u0000', 'Control characters are not allowed.'],
    ['\ud800', 'This is not well-formed Unicode text.'],
  ])('refuse what no text may be: %j', (text, message) => {
    expect(lineFault(text, 3)).toBe(message);
  });
});

describe('InputCheck', () => {
  it('trims, and tells blank from given', () => {
    const check = new InputCheck();
    expect(check.required('a', '  x y ', 5)).toBe('x y');
    expect(check.optional('b', ' x ', 5)).toBe('x');
    for (const nothing of [undefined, null, '', ' \n\t ']) expect(check.optional('c', nothing, 5)).toBeNull();
    check.done();
  });

  it('keeps lines apart from texts: breaks around one are trimmed, breaks within refused', () => {
    const check = new InputCheck();
    expect(check.requiredLine('a', ' x y\n', 5)).toBe('x y');
    expect(check.optionalLine('b', '\n x', 5)).toBe('x');
    for (const nothing of [undefined, null, '', ' \n '])
      expect(check.optionalLine('c', nothing, 5)).toBeNull();
    expect([check.required('d', 'x\ny', 5), check.optional('e', 'x\ny', 5)]).toEqual(['x\ny', 'x\ny']);
    check.done();
    const faults = faultsOf((lines) => {
      lines.requiredLine('blank', ' ', 5);
      lines.requiredLine('required', 'x\ny', 5);
      lines.optionalLine('optional', 'x\ny', 5);
    });
    const broken = ['Line breaks are not allowed.'];
    expect(faults).toEqual({ blank: [BLANK], required: broken, optional: broken });
  });

  it('counts after trimming', () => {
    expect(faultsOf((check) => check.required('a', `${' '.repeat(50)}x`, 1))).toBeNull();
  });

  it.each([undefined, null, '', ' \u00a0 '])('misses a required text in %j', (nothing) => {
    expect(faultsOf((check) => check.required('a', nothing, 5))).toEqual({ a: [BLANK] });
  });

  it('tells all faults at once, each under its field', () => {
    const faults = faultsOf((check) => {
      check.required('name', '', 5);
      check.optional('note', 'a\u0000b', 5);
      check.integer('year', 1.5, 0, 10);
      check.ensure(false, 'year', 'Not this year.');
      check.ensure(true, 'fine', 'Never told.');
    });
    expect(faults).toEqual({
      name: [BLANK],
      note: ['Control characters are not allowed.'],
      year: ['Ensure this value is between 0 and 10.', 'Not this year.'],
    });
  });

  it.each([-1, 11, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %s where 0 to 10 is asked',
    (value) => {
      expect(faultsOf((check) => check.integer('n', value, 0, 10))).toEqual({
        n: ['Ensure this value is between 0 and 10.'],
      });
    },
  );

  it('takes both ends of a range', () => {
    expect(faultsOf((check) => [check.integer('n', 0, 0, 10), check.integer('n', 10, 0, 10)])).toBeNull();
  });
});
