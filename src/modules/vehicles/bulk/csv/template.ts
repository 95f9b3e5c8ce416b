import { stringify } from 'csv-stringify/sync';
import { columns, type Field } from './columns.js';

const EXAMPLES: ReadonlyArray<Readonly<Record<Field, string>>> = [
  {
    vin: '4T1BF1FK0CU123456',
    stockNumber: 'A-1024',
    make: 'Toyota',
    model: 'Camry',
    year: '2012',
    trim: 'SE',
    bodyType: 'SEDAN',
    fuelType: 'GASOLINE',
    transmission: 'AUTOMATIC',
    drivetrain: 'FWD',
    condition: 'USED',
    mileage: '84500',
    askingPrice: '11900.00',
    msrp: '24200.00',
    exteriorColor: 'Silver',
    interiorColor: 'Black',
    features: 'Heated seats; Backup camera; Bluetooth',
    description: 'One owner, "garage kept", new tires.',
  },
];

/** The file that a dealer begins with: a header, and a row that shows how cells are written. */
export function templateText(): string {
  const rows = EXAMPLES.map((example) => columns.map(({ field }) => example[field]));
  return csvOf([columns.map(({ name }) => name), ...rows]);
}

/** Rows as CSV, for people who will open it in a spreadsheet: there no cell is to be taken for a formula. */
export function csvOf(rows: ReadonlyArray<readonly string[]>): string {
  return stringify(rows as string[][], {
    escape_formulas: true,
    record_delimiter: 'windows',
    // By itself it quotes the line breaks of its own delimiter alone.
    quoted_match: /[\r\n]/,
  });
}
