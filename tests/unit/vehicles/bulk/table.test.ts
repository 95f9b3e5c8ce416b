import { readFileSync } from 'node:fs';
import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../../src/kernel/errors.js';
import { columns } from '../../../../src/modules/vehicles/bulk/csv/columns.js';
import { headerOf, tableOf, withoutBrackets } from '../../../../src/modules/vehicles/bulk/csv/table.js';
import { csvOf, templateText } from '../../../../src/modules/vehicles/bulk/csv/template.js';

const fieldsOf = (head: string) => tableOf(head).columns.map(({ column, index }) => [column.field, index]);

function faultOf(head: string): string {
  try {
    tableOf(head);
  } catch (error) {
    return (error as AppError).fields?.file?.[0] ?? '';
  }
  throw new Error('It is taken');
}

describe('the header of a file', () => {
  it.each([
    ['in any order and case', 'Year, VIN ,make'],
    ['with semicolons', 'Year;VIN;make'],
    ['with tabs', 'Year\tVIN\tmake'],
    ['with a byte order mark', '\ufeffYear,VIN,make'],
    ['in quotation marks', '"Year","VIN","make"'],
    ['behind blank lines', '\r\n\nYear,VIN,make'],
    ['with empty columns at its end', 'Year,VIN,make,,,'],
  ])('is understood %s', (_how, head) => {
    expect(fieldsOf(`${head}\r\n1,2,3`)).toEqual([
      ['vin', 1],
      ['make', 2],
      ['year', 0],
    ]);
    expect(tableOf(head).width).toBe(3);
  });

  it('is understood as Google writes it, and the rest is ignored by name', () => {
    const table = tableOf(
      'id,store_code,vin,brand,model,year,price,color,mileage,image_link,body_style,condition',
    );
    expect(table.columns.map(({ column }) => column.field)).toEqual([
      'vin',
      'stockNumber',
      'make',
      'model',
      'year',
      'bodyType',
      'condition',
      'mileage',
      'askingPrice',
      'exteriorColor',
    ]);
    expect(table.ignored).toEqual(['store_code', 'image_link']);
  });

  it("prefers our name to others', and says where a column stands in the file's words", () => {
    const table = tableOf('vin,price,Asking Price,Price ($)');
    expect(headerOf(table, 'askingPrice')).toBe('Asking Price');
    expect(headerOf(table, 'mileage')).toBe('mileage');
    expect(table.ignored).toEqual(['price', 'Price ($)']);
  });

  it('takes a comma within a name for what it is', () => {
    expect(fieldsOf('vin;"make, model";model')).toEqual([
      ['vin', 0],
      ['model', 2],
    ]);
  });

  it('is told in the documentation by names that are known', () => {
    const page = readFileSync('docs/bulk-upload.md', 'utf8');
    const [, section = ''] = /## Columns\n(.*?)\nColumns stand/s.exec(page) ?? [];
    const told = [...section.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, others = '']) => ({
      name,
      others: [...others.matchAll(/`(\w+)`/g)].map(([, other]) => other),
    }));
    expect(told.map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
    for (const [index, { others }] of told.entries()) {
      expect(columns[index]?.alsoKnownAs).toEqual(expect.arrayContaining(others));
    }
  });

  it('knows no name twice', () => {
    const words = columns.flatMap(({ name, alsoKnownAs }) => [name, ...alsoKnownAs]);
    expect(new Set(words).size).toBe(words.length);
  });

  it.each([
    ['', 'The file is empty: its first line names the columns.'],
    [' \n\n', 'The file is empty: its first line names the columns.'],
    ['\ufeff', 'The file is empty: its first line names the columns.'],
    ['make,model', 'The header has no column "vin". It begins: make, model.'],
    ['VIN,make,vin', 'The header has the column "VIN" twice.'],
    ['vin,"make', 'The header cannot be read: it is longer than 60 KB, or a quotation mark is not closed.'],
    [
      `vin,${'x'.repeat(65_536 - 4)}`,
      'The header cannot be read: it is longer than 60 KB, or a quotation mark is not closed.',
    ],
    [`vin${',x'.repeat(200)}`, 'The header names more than 200 columns.'],
  ])('is refused: %j', (head, message) => {
    expect(faultOf(head)).toBe(message);
  });
});

describe('what stands in brackets', () => {
  it('is left out of a header, as far as brackets have no others in them', () => {
    const text = array(constantFrom('(', ')', 'a', ' ', '$'), { maxLength: 12 }).map((all) => all.join(''));
    assert(
      property(text, (header) => {
        expect(withoutBrackets(header)).toBe(header.replace(/\([^()]*\)/g, ''));
      }),
    );
  });

  it.each(['(', ')', '()', '((', '(a'])('is found in one walk over 60,000 characters: %s', (brackets) => {
    const header = brackets.repeat(60_000 / brackets.length);
    let looked = 0;
    const counted = function* () {
      for (const character of header) {
        looked++;
        yield character;
      }
    };
    withoutBrackets(counted());
    expect(looked).toBe(60_000);
    expect(tableOf(`vin,${header.slice(0, 59_000)}`).width).toBe(2);
  });
});

describe('what is written as CSV', () => {
  it('has all columns in its template, with an example under each', () => {
    const table = tableOf(templateText());
    expect([table.columns.length, table.width, table.ignored]).toEqual([columns.length, columns.length, []]);
    expect(templateText().split('\r\n')[0]).toBe(
      'vin,stock_number,make,model,year,trim,body_type,fuel_type,transmission,drivetrain,condition,mileage,' +
        'asking_price,msrp,exterior_color,interior_color,features,description',
    );
  });

  it('holds nothing that a spreadsheet would take for a formula', () => {
    const cells = ['=1+1', '+1', '-1', '@A1', '\tx', '\rx', 'a=b', '1'];
    const line = csvOf([cells]);
    expect(line).toBe(`'=1+1,'+1,'-1,'@A1,'\tx,"'\rx",a=b,1\r\n`);
  });
});
