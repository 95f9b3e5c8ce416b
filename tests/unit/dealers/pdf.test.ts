import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWholePdf } from '../../../src/modules/dealers/documents/dealer-document.pdf.js';
import { onePagePdf } from '../../../src/seeders/one-page-pdf.js';
import { zipEnd } from '../../support/pictures.js';

const whole = onePagePdf(['A (licence) \\ with a back stroke']);
const text = whole.toString('latin1');
const edited = (from: string, to: string) => Buffer.from(text.replace(from, to), 'latin1');
const and = (...more: Array<Buffer | string>) =>
  Buffer.concat([whole, ...more.map((part) => Buffer.from(part))]);

describe('a whole PDF', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'carnegotiate-pdf-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const isTaken = async (bytes: Buffer) => {
    const path = join(directory, randomUUID());
    await writeFile(path, bytes);
    return isWholePdf(path);
  };

  it.each([
    ['of one page', whole],
    ['of version 2.0', edited('%PDF-1.7', '%PDF-2.0')],
    ['with lines that end otherwise', edited('startxref\n', 'startxref\r\n')],
    ['filled up with zeros by a scanner', and(Buffer.alloc(900))],
    ['changed once more: a second trailer', and(text.slice(text.indexOf('xref\n0')))],
    ['that asks for a password', edited('/Root 1 0 R', '/Root 1 0 R /Encrypt 9 0 R')],
  ])('is one %s', async (_name, bytes) => {
    expect(await isTaken(bytes)).toBe(true);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a header alone', Buffer.from('%PDF-1.7\n')],
    ['one of no version that there is', edited('%PDF-1.7', '%PDF-3.0')],
    ['one that begins later', Buffer.concat([Buffer.from('\n'), whole])],
    ['one that is cut off', whole.subarray(0, -8)],
    ['one whose end is far from its end', and(Buffer.alloc(2_000))],
    ['one whose table lies behind its end', edited('startxref\n', 'startxref\n9')],
    ['one without a table', edited('startxref', 'startxxxx')],
    ['a page by the name of one', edited('%PDF-1.7\n', '%PDF-1.7\n<script >fetch("/")</script>\n')],
    ['a ZIP behind one', and(zipEnd())],
  ])('is not %s', async (_name, bytes) => {
    expect(await isTaken(bytes)).toBe(false);
  });

  it('is what the demo makes: each object lies where its table says', () => {
    const places = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, place]) => Number(place));
    expect(places).toHaveLength(5);
    for (const [index, place] of places.entries()) expect(text.slice(place)).toMatch(`${index + 1} 0 obj`);
    const [, table] = /startxref\n(\d+)\n%%EOF\n$/.exec(text) as unknown as [string, string];
    expect(text.slice(Number(table))).toMatch(/^xref\n0 6\n/);
    const [, length, stream] = /\/Length (\d+) >>\nstream\n(.*?)\nendstream/s.exec(
      text,
    ) as unknown as string[];
    expect(stream).toHaveLength(Number(length));
    expect(stream).toContain('(A \\(licence\\) \\\\ with a back stroke) Tj');
  });
});
