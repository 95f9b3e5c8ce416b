import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isConditional, verdictOn } from '../../../../src/app/media/conditions.js';

const facts = { sizeBytes: 100, etag: '"abc"', lastModified: new Date('2026-11-22T10:00:00.000Z') };
const BEFORE = 'Sun, 22 Nov 2026 09:59:59 GMT';
const AT = 'Sun, 22 Nov 2026 10:00:00 GMT';
const part = (from: number, to: number) => ({ status: 206, range: { from, to } });

describe('what is answered of a file', () => {
  it.each<[IncomingHttpHeaders, object]>([
    [{}, { status: 200 }],
    [{ 'if-none-match': '"abc"' }, { status: 304 }],
    [{ 'if-none-match': 'W/"abc"' }, { status: 304 }],
    [{ 'if-none-match': '"x", W/"abc"' }, { status: 304 }],
    [{ 'if-none-match': '*' }, { status: 304 }],
    [{ 'if-none-match': '"abcd"' }, { status: 200 }],
    [{ 'if-none-match': '"x"', 'if-modified-since': AT }, { status: 200 }],
    [{ 'if-modified-since': AT }, { status: 304 }],
    [{ 'if-modified-since': BEFORE }, { status: 200 }],
    [{ 'if-modified-since': 'yesterday' }, { status: 200 }],
    [{ 'if-none-match': '"abc"', range: 'bytes=0-1' }, { status: 304 }],
    [{ range: 'bytes=0-9' }, part(0, 9)],
    [{ range: 'bytes=0-0' }, part(0, 0)],
    [{ range: 'bytes=90-' }, part(90, 99)],
    [{ range: 'bytes=99-200' }, part(99, 99)],
    [{ range: 'bytes=-3' }, part(97, 99)],
    [{ range: 'bytes=-300' }, part(0, 99)],
    [{ range: 'bytes=100-' }, { status: 416 }],
    [{ range: 'bytes=-0' }, { status: 416 }],
    [{ range: 'bytes=9-0' }, { status: 200 }],
    [{ range: 'bytes=-' }, { status: 200 }],
    [{ range: 'bytes=0-1,5-6' }, { status: 200 }],
    [{ range: 'lines=0-1' }, { status: 200 }],
    [{ range: `bytes=0-${'9'.repeat(400)}` }, { status: 200 }],
    [{ range: 'bytes=0-9', 'if-range': '"abc"' }, part(0, 9)],
    [{ range: 'bytes=0-9', 'if-range': '"x"' }, { status: 200 }],
    [{ range: 'bytes=0-9', 'if-range': 'W/"abc"' }, { status: 200 }],
    [{ range: 'bytes=0-9', 'if-range': AT }, part(0, 9)],
    [{ range: 'bytes=0-9', 'if-range': BEFORE }, { status: 200 }],
  ])('for %j', (headers, verdict) => {
    expect(verdictOn(headers, facts)).toEqual(verdict);
  });

  it('is no part of what is empty', () => {
    expect(verdictOn({ range: 'bytes=0-' }, { ...facts, sizeBytes: 0 })).toEqual({ status: 416 });
  });

  it('depends on the file only where something is asked of it', () => {
    expect([{}, { range: 'x' }, { 'if-none-match': '' }, { 'if-range': '"x"' }].map(isConditional)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
