import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../../../support/app.js';
import type { DealerPerson } from '../../../support/builders.js';
import { bring, HEADER, inventory, rowOf, send, uploads } from './files.js';

const MAX_ROWS = 250;
const MAX_BYTES = 200_000;
const app = useApp('sqlite', {
  config: { maxCsvRows: MAX_ROWS, maxCsvBytes: MAX_BYTES, maxUploadBytes: 2_000 },
});
let dealer: DealerPerson;

beforeAll(async () => {
  dealer = await app.build.dealer();
});

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.padEnd(200, '00'), 'hex'));
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const vin = () => app.build.vin();
const good = () => [HEADER, rowOf(vin())].join('\n');

type Content = string | Uint8Array<ArrayBuffer>;
const NOT_UTF8 = 'Save the file as CSV in UTF-8.';
const NOT_TEXT = 'file: The file is in UTF-16, or is no text at all. Save it as CSV in UTF-8.';

describe('a file that cannot be one of vehicles', () => {
  const files: ReadonlyArray<[what: string, content: () => Content, code: string, message: string]> = [
    ['nothing', () => '', 'BAD_USER_INPUT', 'file: The file is empty: its first line names the columns.'],
    [
      'nothing but a mark',
      () => '\ufeff',
      'BAD_USER_INPUT',
      'file: The file is empty: its first line names the columns.',
    ],
    [
      'nothing but blanks',
      () => ' \r\n\r\n',
      'BAD_USER_INPUT',
      'file: The file is empty: its first line names the columns.',
    ],
    [
      'no VINs',
      () => 'make,model\nKia,Rio',
      'BAD_USER_INPUT',
      'file: The header has no column "vin". It begins: make, model.',
    ],
    ['no header', () => rowOf(vin()), 'BAD_USER_INPUT', expect.stringContaining('has no column "vin"')],
    [
      'a page',
      () => '<!doctype html><html></html>',
      'BAD_USER_INPUT',
      expect.stringContaining('has no column "vin"'),
    ],
    ['JSON', () => '[{"vin": 1}]', 'BAD_USER_INPUT', expect.stringContaining('has no column "vin"')],
    [
      'a column twice',
      () => 'vin,price,VIN\n',
      'BAD_USER_INPUT',
      'file: The header has the column "vin" twice.',
    ],
    [
      'an open header',
      () => 'vin,"make\n1,2\n',
      'BAD_USER_INPUT',
      expect.stringContaining('The header cannot be read'),
    ],
    [
      'a header without end',
      () => `vin,${'x'.repeat(70_000)}`,
      'BAD_USER_INPUT',
      expect.stringContaining('The header cannot be read'),
    ],
    [
      'columns without end',
      () => `vin${','.repeat(300)}x`,
      'BAD_USER_INPUT',
      'file: The header names more than 200 columns.',
    ],
    ['UTF-16 with its mark', () => utf16(`\ufeff${good()}`), 'BAD_USER_INPUT', NOT_TEXT],
    ['UTF-16 without', () => utf16(good()), 'BAD_USER_INPUT', NOT_TEXT],
    ['zeros', () => bytesOf('00'), 'BAD_USER_INPUT', NOT_TEXT],
    [
      'Latin-1 in its header',
      () => latin1(`${HEADER},größe\n`),
      'BAD_USER_INPUT',
      `file: Line 1 is not in UTF-8. ${NOT_UTF8}`,
    ],
    [
      'Latin-1 in a row',
      () => latin1(`${good()}\n${good()},Citroën\n`),
      'BAD_USER_INPUT',
      `file: Line 4 is not in UTF-8. ${NOT_UTF8}`,
    ],
    [
      'half a character at its end',
      () => new Uint8Array([...Buffer.from(good()), 0xc3]),
      'BAD_USER_INPUT',
      `file: Line 2 is not in UTF-8. ${NOT_UTF8}`,
    ],
    [
      'an Excel file',
      () => bytesOf('504b0304'),
      'UNSUPPORTED_MEDIA_TYPE',
      expect.stringContaining('Export the vehicles as CSV'),
    ],
    [
      'an old Excel file',
      () => bytesOf('d0cf11e0a1b11ae1'),
      'UNSUPPORTED_MEDIA_TYPE',
      expect.stringContaining('Excel'),
    ],
    [
      'a packed one',
      () => new Uint8Array(gzipSync(good())),
      'UNSUPPORTED_MEDIA_TYPE',
      expect.stringContaining('archive'),
    ],
    ['a PDF', () => '%PDF-1.7\n', 'UNSUPPORTED_MEDIA_TYPE', expect.stringContaining('PDF')],
    [
      'one byte too many',
      () => good().padEnd(MAX_BYTES + 1, '\n'),
      'PAYLOAD_TOO_LARGE',
      `A file has ${MAX_BYTES} bytes at most.`,
    ],
  ];

  it.each(files)('%s is refused, and nothing is kept of it', async (_what, content, code, message) => {
    const [rows, cars] = [await uploads(app), await inventory(app, dealer.dealerId)];
    const error = app.errorOf(await send(app, dealer, content()));
    expect(error).toMatchObject({ code, message });
    expect([await uploads(app), await inventory(app, dealer.dealerId)]).toEqual([rows, cars]);
    expect(await readdir(join(app.files, 'uploads', 'bulk_uploads')).catch(() => [])).toEqual([]);
  });

  it('counts as a file of the 60 that a dealer may send in an hour', { timeout: 30_000 }, async () => {
    const other = await app.build.dealer();
    for (let count = 0; count < 60; count++) {
      expect(app.errorOf(await send(app, other, '')).code).toBe('BAD_USER_INPUT');
    }
    const before = await uploads(app);
    expect(app.errorOf(await send(app, other, good())).code).toBe('RATE_LIMITED');
    expect(await uploads(app)).toEqual(before);
  });

  it('may weigh more than other files, but no other may', async () => {
    const told = await bring(app, dealer, good().padEnd(MAX_BYTES, '\n'));
    expect(told).toMatchObject({ created: 1, totalRows: 1 });
    const avatar = 'mutation ($input: UploadAvatarInput!) { uploadAvatar(input: $input) { user { id } } }';
    const both = `mutation ($input: UploadAvatarInput!, $file: BulkUploadVehiclesInput!) {
      uploadAvatar(input: $input) { user { id } } bulkUploadVehicles(input: $file) { created }
    }`;
    const file = new Blob([good().padEnd(2_001, '\n')]);
    const ofAvatar = await app.request(avatar, { input: { file } }, dealer);
    expect(app.errorOf(ofAvatar).code).toBe('PAYLOAD_TOO_LARGE');
    const ofBoth = await app.request(both, { input: { file }, file: { file } }, dealer);
    expect(app.errorOf(ofBoth).code).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('a row that is broken', () => {
  const rows: ReadonlyArray<[what: string, row: (vin: string) => string, ...faults: string[]]> = [
    ['without a VIN', () => ',Kia,Rio,2020,1000,20000', 'vin This field is required.'],
    ['with a short VIN', (v) => rowOf(v.slice(1)), 'vin A VIN has 17 characters; this one has 16.'],
    [
      'with a letter O in its VIN',
      (v) => rowOf(`O${v.slice(1)}`),
      'vin A VIN never contains the letters I, O or Q; use 1 or 0 instead.',
    ],
    [
      'with a wrong check digit',
      (v) => rowOf(`${v.slice(0, 8)}${v[8] === '1' ? '2' : '1'}${v.slice(9)}`),
      expect.stringContaining('check digit') as never,
    ],
    [
      'with too few cells',
      (v) => `${v},Kia,Rio`,
      'null The row has 3 cells, the header 6. Is a separator not quoted?',
    ],
    [
      'with too many cells',
      (v) => `${rowOf(v)},more`,
      'null The row has 7 cells, the header 6. Is a separator not quoted?',
    ],
    [
      'with a price in words',
      (v) => rowOf(v, 'call'),
      'asking_price "call" is no amount of US dollars. Write it as 23500.00.',
    ],
    [
      'with a decimal comma',
      (v) => rowOf(v, '"23500,00"'),
      'asking_price "23500,00" is no amount of US dollars. Write it as 23500.00.',
    ],
    [
      'with a negative price',
      (v) => rowOf(v, '-5'),
      'asking_price "-5" is no amount of US dollars. Write it as 23500.00.',
    ],
    [
      'with a price that is none',
      (v) => rowOf(v, '0.99'),
      'asking_price Ensure this value is between 1.00 and 10000000.00.',
    ],
    [
      'with a price past all bounds',
      (v) => rowOf(v, '9999999999'),
      'asking_price Money is at most 1000000000.00.',
    ],
    ['without a price', (v) => rowOf(v, ''), 'asking_price This field is required.'],
    ['of the year 3000', (v) => `${v},Kia,Rio,3000,1,1`, 'year Ensure this value is between 1900 and 2028.'],
    [
      'of a year with two digits',
      (v) => `${v},Kia,Rio,20,1,1`,
      'year Ensure this value is between 1900 and 2028.',
    ],
    [
      'with half a mile',
      (v) => `${v},Kia,Rio,2020,1.5,1`,
      'mileage "1.5" is no whole number. Write it as 45000.',
    ],
    [
      'with too many miles',
      (v) => `${v},Kia,Rio,2020,9000000,1`,
      'mileage Ensure this value is between 0 and 2000000.',
    ],
    [
      'with a name without end',
      (v) => `${v},${'K'.repeat(101)},Rio,2020,1,1`,
      'make Ensure this field has no more than 100 characters.',
    ],
    ['with a NUL', (v) => `${v},Ki\u0000a,Rio,2020,1,1`, 'make Control characters are not allowed.'],
    ['with a bell', (v) => `${v},Kia,R\u0007io,2020,1,1`, 'model Control characters are not allowed.'],
    [
      'with a NUL in its number',
      (v) => `${v},Kia,Rio,2020,1\u0000,1`,
      'mileage "1" is no whole number. Write it as 45000.',
    ],
    [
      'that quotes what it should not',
      (v) => `"${v},Kia,Rio,2020,1,1"`,
      'null The row has 1 cells, the header 6. Is a separator not quoted?',
    ],
  ];

  it.each(rows)('%s is named, and its neighbours land', async (_what, row, ...faults) => {
    const neighbours = [vin(), vin()];
    const cars = (await inventory(app, dealer.dealerId)).length;
    // The header check looks for zeros in the first kilobyte.
    const padding = '\n'.repeat(1_024);
    const file = [
      `${HEADER}${padding}`,
      rowOf(neighbours[0] as string),
      row(vin()),
      rowOf(neighbours[1] as string),
    ];
    const told = await bring(app, dealer, file.join('\r\n'));
    expect(told).toMatchObject({ totalRows: 3, created: 2, failed: 1, bulkUpload: { status: 'COMPLETED' } });
    expect(told.errors.map(({ column, message }) => `${column} ${message}`)).toEqual(faults);
    expect(new Set(told.errors.map(({ line }) => line))).toEqual(new Set([1_027]));
    expect((await inventory(app, dealer.dealerId)).length).toBe(cars + 2);
  });

  it('brings no cell into another row, where a quotation mark is left open', async () => {
    const [first, second, third] = [vin(), vin(), vin()];
    const rows = [`${first},2020,1000,"Like new,20000`, `${second},2021,2000,"As new,9000`];
    const header = 'vin,year,mileage,description,asking_price';
    const cars = (await inventory(app, dealer.dealerId)).length;
    const good = `${third},2020,1000,Fine,20000`;
    const file = [`${header},make,model`, ...[...rows, good].map((row) => `${row},Kia,Rio`)].join('\n');
    const told = await bring(app, dealer, file);
    expect(told).toMatchObject({ totalRows: 2, created: 1, failed: 1, bulkUpload: { status: 'COMPLETED' } });
    expect(told.errors).toEqual([
      {
        line: 2,
        column: null,
        message: expect.stringContaining('A quotation mark in the row is not closed'),
      },
    ]);
    const now = await inventory(app, dealer.dealerId);
    expect(now.length).toBe(cars + 1);
    expect(now.find((car) => car.vin === third)).toMatchObject({ asking_price: 2_000_000 });
  });

  it('is told with the words of its header', async () => {
    const told = await bring(app, dealer, `VIN Number;Price ($);Body Style\n${vin()};cheap;Tank`);
    expect(told.errors.map(({ column }) => column)).toEqual([
      'make',
      'model',
      'year',
      'Body Style',
      'mileage',
      'Price ($)',
    ]);
  });
});

describe('a file that breaks off', () => {
  const READ = 'was read, and nothing behind it.';

  it('leaves what stands before a quotation mark that is not closed', async () => {
    const told = await bring(app, dealer, `${good()}\n${rowOf(vin())}\n${vin()},"Kia,Rio\n${rowOf(vin())}\n`);
    expect(told).toMatchObject({
      totalRows: 2,
      created: 2,
      errors: [],
      bulkUpload: {
        status: 'FAILED',
        failure: `A quotation mark in the row that begins on line 4 is not closed. What stands up to line 3 ${READ}`,
      },
    });
  });

  it('leaves what stands before a row without end', async () => {
    const told = await bring(app, dealer, `${good()}\n${vin()},${'x'.repeat(70_000)}\n${rowOf(vin())}\n`);
    expect(told).toMatchObject({
      created: 1,
      bulkUpload: {
        status: 'FAILED',
        failure: `The row that begins on line 3 is longer than 64 KB. Is a quotation mark not closed? What stands up to line 2 ${READ}`,
      },
    });
  });

  it('leaves as many rows as a file may have', async () => {
    const rows = Array.from({ length: MAX_ROWS + 1 }, () => rowOf(vin()));
    const before = (await inventory(app, dealer.dealerId)).length;
    const told = await bring(app, dealer, [HEADER, ...rows].join('\n'));
    expect(told).toMatchObject({
      totalRows: MAX_ROWS,
      created: MAX_ROWS,
      bulkUpload: {
        status: 'FAILED',
        failure: `The file has more than 250 rows; line 252 is one too many. What stands up to line 251 ${READ}`,
      },
    });
    expect((await inventory(app, dealer.dealerId)).length).toBe(before + MAX_ROWS);
    const last = rows.slice(0, MAX_ROWS);
    const again = await bring(app, dealer, [HEADER, ...last].join('\n'));
    expect(again).toMatchObject({
      totalRows: MAX_ROWS,
      updated: MAX_ROWS,
      bulkUpload: { status: 'COMPLETED' },
    });
  });
});

describe('a file that only looks broken', () => {
  const files: ReadonlyArray<[what: string, content: (a: string, b: string) => string]> = [
    ['with a mark at its beginning', (a, b) => `\ufeff${HEADER}\n${rowOf(a)}\n${rowOf(b)}`],
    ['with CRLF', (a, b) => `${HEADER}\r\n${rowOf(a)}\r\n${rowOf(b)}\r\n`],
    ['with CR alone', (a, b) => `${HEADER}\r${rowOf(a)}\r${rowOf(b)}\r`],
    ['with all three line endings', (a, b) => `${HEADER}\r\n${rowOf(a)}\n${rowOf(b)}\r`],
    ['with semicolons', (a, b) => `${HEADER}\n${rowOf(a)}\n${rowOf(b)}`.replaceAll(',', ';')],
    ['with tabs', (a, b) => `${HEADER}\n${rowOf(a)}\n${rowOf(b)}`.replaceAll(',', '\t')],
    ['with blank rows', (a, b) => `\n${HEADER}\n\n,,,,,\n${rowOf(a)}\n \n${rowOf(b)}\n\n,,\n`],
    ['with empty cells at its end', (a, b) => `${HEADER},,,\n${rowOf(a)},,,\n${rowOf(b)},\n`],
    ['with everything quoted', (a, b) => `${HEADER}\n${rowOf(a)}\n${rowOf(b)}`.replace(/[^,\n]+/g, '"$&"')],
    ['with blanks around cells', (a, b) => `${HEADER}\n${rowOf(a)}\n${rowOf(b)}`.replaceAll(',', ' , ')],
  ];

  it.each(files)('%s is read', async (_what, content) => {
    const told = await bring(app, dealer, content(vin(), vin()));
    expect(told).toMatchObject({ totalRows: 2, created: 2, failed: 0, errors: [] });
  });

  it('without rows is read too', async () => {
    const told = await bring(app, dealer, HEADER);
    expect(told).toMatchObject({ totalRows: 0, failed: 0, bulkUpload: { status: 'COMPLETED' } });
  });
});
