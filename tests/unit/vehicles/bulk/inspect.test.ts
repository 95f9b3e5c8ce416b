import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../../../src/kernel/errors.js';
import { inspectCsv } from '../../../../src/modules/vehicles/bulk/csv/inspect.js';
import { HEAD_BYTES } from '../../../../src/modules/vehicles/bulk/csv/table.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carnegotiate-inspect-'));
});
afterAll(() => rm(directory, { recursive: true }));

const HEADER = Buffer.from('vin,trim\n');

/** What is said of a file that has this text behind its header and so many letters, and rows behind that. */
async function faultOf(letters: number, middle: Uint8Array, rows: string): Promise<string | undefined> {
  const path = join(directory, 'file.csv');
  await writeFile(path, Buffer.concat([HEADER, Buffer.alloc(letters, 'x'), middle, Buffer.from(rows)]));
  try {
    expect((await inspectCsv(path)).width).toBe(2);
    return undefined;
  } catch (error) {
    return (error as AppError).fields?.file?.[0];
  }
}

describe('a file of several pieces', () => {
  const rows = 'y\n'.repeat(HEAD_BYTES);

  it.each(['é', '漢', '🚙'])('may have %s wherever a piece ends', async (character) => {
    const bytes = Buffer.from(character);
    for (let before = 0; before <= bytes.length; before++) {
      const letters = HEAD_BYTES - HEADER.length - before;
      expect(await faultOf(letters, bytes, rows)).toBeUndefined();
      expect(await faultOf(letters + HEAD_BYTES, bytes, rows)).toBeUndefined();
    }
  });

  it.each([
    ['in its second line, where a piece ends', HEAD_BYTES - HEADER.length - 1, '', 2],
    ['in its second line, behind that', 3 * HEAD_BYTES, '\nz\n', 2],
    ['at its end', 10, '', 2],
  ])('is told where a character is cut off: %s', async (_where, letters, behind, line) => {
    const cut = Buffer.from('漢').subarray(0, 2);
    expect(await faultOf(letters, cut, behind)).toBe(
      `Line ${line} is not in UTF-8. Save the file as CSV in UTF-8.`,
    );
  });

  it('is told the line of what is no UTF-8 in a later piece', async () => {
    const latin1 = Buffer.from('\n\n\xe9 \n', 'latin1');
    expect(await faultOf(2 * HEAD_BYTES, latin1, rows)).toBe(
      'Line 4 is not in UTF-8. Save the file as CSV in UTF-8.',
    );
  });
});
