import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenCsv, recordsIn } from '../../../../src/modules/vehicles/bulk/csv/records.js';

/** Lines and cells, and at the end the line of what cannot be read. */
async function read(text: string, { pieces = 65_536, delimiter = ',' } = {}): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / pieces) }, (_, index) =>
    bytes.subarray(index * pieces, (index + 1) * pieces),
  );
  const found: unknown[] = [];
  try {
    for await (const { line, cells } of recordsIn(Readable.from(chunks), delimiter))
      found.push([line, ...cells]);
  } catch (error) {
    if (!(error instanceof BrokenCsv)) throw error;
    found.push(`broken at ${error.line}`);
  }
  return found;
}

describe('the rows of a file', () => {
  it.each(['\n', '\r\n', '\r'])('are known by the line on which they begin, with %j', async (end) => {
    const lines = ['a,b', '1,2', '', '', '3,"x', '', 'y"', ',', ' , ', '4,5', '6,7'];
    const rows = [
      [1, 'a', 'b'],
      [2, '1', '2'],
      [5, '3', `x${end}${end}y`],
      [10, '4', '5'],
      [11, '6', '7'],
    ];
    expect(await read(lines.join(end))).toEqual(rows);
    expect(await read(`${lines.join(end)}${end}${end}`, { pieces: 3 })).toEqual(rows);
  });

  it('end as they like, mixed in one file', async () => {
    expect(await read('a,b\r\n1,2\n3,4\r5,6')).toEqual([
      [1, 'a', 'b'],
      [2, '1', '2'],
      [3, '3', '4'],
      [4, '5', '6'],
    ]);
  });

  it('may have quotation marks where they do not belong', async () => {
    expect(await read('a,b\n5" wheel,"x"y\n "q, r",2\n"""SE""",3')).toEqual([
      [1, 'a', 'b'],
      [2, '5" wheel', '"x"y'],
      [3, 'q, r', '2'],
      [4, '"SE"', '3'],
    ]);
  });

  it('may have blanks behind their quotation marks', async () => {
    expect(await read('a,b\n"1, 2" ,"x"\t\n "3 \n", "y\nz" \n"4" 5 ,"""" \n')).toEqual([
      [1, 'a', 'b'],
      [2, '1, 2', 'x'],
      [3, '3 \n', 'y\nz'],
      [6, '"4" 5 ', '"'],
    ]);
  });

  it('leave others their turn, however many there are in a piece', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const blank = Buffer.from(',\n'.repeat(32_768));
    for await (const _ of recordsIn(Readable.from([Buffer.from('a,b\n'), blank, blank, blank]), ',')) {
      // The header is the only one.
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it('are torn where a quotation mark that is left open ends in another row', async () => {
    const torn = async (text: string) => {
      const found: number[][] = [];
      for await (const { line, isTorn } of recordsIn(Readable.from([Buffer.from(text)]), ','))
        found.push([line, isTorn ? 1 : 0]);
      return found;
    };
    expect(await torn('a,b,c\n1,"new,2\n3,"new,4\n5,6,7')).toEqual([
      [1, 0],
      [2, 1],
      [4, 0],
    ]);
    expect(await torn('a,b\r\n1,"x\r\n2,"""y\r\n3,z')).toEqual([
      [1, 0],
      [2, 1],
      [4, 0],
    ]);
    // Written as it should be, with marks of its own.
    expect(await torn('a,b\n1,"""x"" he said,\n""y"""\n2,"z\n"\n3,"x"y')).toEqual([
      [1, 0],
      [2, 0],
      [4, 0],
      [6, 0],
    ]);
  });

  it('are told as far as they can be read', async () => {
    const good = [
      [1, 'a', 'b'],
      [2, '1', '2'],
    ];
    expect(await read('a,b\n1,2\n\n\n2,"x\n3,4\n')).toEqual([...good, 'broken at 5']);
    expect(await read(`a,b\n1,2\n2,${'x'.repeat(70_000)}\n3,4\n`)).toEqual([...good, 'broken at 3']);
    expect(await read(`a,b\n1,2\n2,"${'x\r\n'.repeat(70_000)}"\n3,4\n`)).toEqual([...good, 'broken at 3']);
  });

  it('are those that were written, whatever is in them', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', ' ', ',', ';', '"', '\n', '\r\n', 'é', '😀'),
      maxLength: 6,
    });
    const row = fc.array(cell, { minLength: 2, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, pieces) => {
          const text = rows
            .map((cells) => cells.map((it) => `"${it.replaceAll('"', '""')}"`).join(','))
            .join('\r\n');
          let line = 1;
          const expected = rows.flatMap((cells) => {
            const from = line;
            line += 1 + cells.join('').split('\n').length - 1;
            return cells.some((it) => it.trim() !== '') ? [[from, ...cells]] : [];
          });
          expect(await read(text, { pieces })).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});
