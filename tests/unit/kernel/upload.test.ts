import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filenameOf } from '../../../src/kernel/upload.js';

describe('the name of an uploaded file', () => {
  it.each([
    ['licence.pdf', 'licence.pdf'],
    [' My licence (2).PDF ', 'My licence (2).PDF'],
    ['Führerschein – Köln 🚗.pdf', 'Führerschein – Köln 🚗.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\dan\\licence.pdf', 'licence.pdf'],
    ['a\r\nSet-Cookie: x\u0000\u0085\u2028.pdf', 'a Set-Cookie: x .pdf'],
    ['licence\u202efdp.exe', 'licencefdp.exe'],
    ['\ufeff\u200blicence\u2066.pdf', 'licence.pdf'],
    ['half \ud83d.pdf', 'half .pdf'],
    ['', 'document'],
    ['folder/', 'document'],
    ['..', 'document'],
    ['\u200b \t', 'document'],
    ['=cmd()', '=cmd()'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(196)}.pdf`],
    [`${'🚗'.repeat(150)}.jpeg`, `${'🚗'.repeat(97)}.jpeg`],
    ['y'.repeat(300), 'y'.repeat(200)],
  ])('%j is shown as %j', (told, shown) => {
    expect(filenameOf(told)).toBe(shown);
  });

  it('is always one line of what is seen, without folders, of 1 to 200 characters', () => {
    const units = fc.string({ unit: 'binary', maxLength: 250 });
    fc.assert(
      fc.property(units, fc.constantFrom('', '/', '\\', '\ud800', '\u202e', '\n'), (text, spice) => {
        const name = filenameOf(`${text}${spice}${text}`);
        expect(name).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\]{1,200}$/u);
        expect(name.length).toBeLessThanOrEqual(200);
        expect([name.trim(), name.isWellFormed()]).toEqual([name, true]);
      }),
      { numRuns: 50 },
    );
  });
});
