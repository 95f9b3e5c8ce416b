import { type FileHandle, open } from 'node:fs/promises';
import { endsAsZip, holdsScript, readAt, ZIP_TAIL_BYTES } from '../../../kernel/file-traps.js';

/** Where readers look for the end, and browsers for what a file may be (ISO 32000-1, annex H, notes 13 and 18). */
const EDGE_BYTES = 1_024;

const HEADER = /^%PDF-[12]\.\d/;
/** The place of the cross-reference table or stream, and the mark behind it (ISO 32000-2, 7.5.5). */
const TRAILER = /startxref[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+%%EOF/g;

/** Whether a file begins as a PDF does, by the letter: nothing may come before it. */
export function beginsAsPdf(head: Buffer): boolean {
  return HEADER.test(head.toString('latin1', 0, 8));
}

/**
 * Whether a file is a PDF from its first byte to its end, and nothing that another program would take for its own. What is
 * in it is not looked at: it may ask for a password, or hold a script that only a PDF reader would run.
 */
export async function isWholePdf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    return await isPdf(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

async function isPdf(file: FileHandle, size: number): Promise<boolean> {
  const head = await readAt(file, 0, EDGE_BYTES);
  const tail = await readAt(file, Math.max(0, size - ZIP_TAIL_BYTES), ZIP_TAIL_BYTES);
  return beginsAsPdf(head) && endsAsPdf(tail, size) && !holdsScript(head) && !endsAsZip(tail);
}

/** One that was cut off lacks the trailer, or has an earlier one that stands far from its end. */
function endsAsPdf(tail: Buffer, size: number): boolean {
  const [, place] = [...tail.subarray(-EDGE_BYTES).toString('latin1').matchAll(TRAILER)].at(-1) ?? [];
  return place !== undefined && Number(place) > 0 && Number(place) < size;
}
