import { AppError, type FieldMessages } from '../../../kernel/errors.js';
import type { Cents } from '../../../kernel/money.js';
import { normalizeVin, vinFault } from '../../../kernel/vin.js';
import { assertTerms } from '../dealers-rules/dealers-rules.js';
import type { Vehicle, VehicleDetails } from '../vehicle.entity.js';
import type { VehicleStatus } from '../vehicle.enums.js';
import { editing, type NewVehicle, newVehicleOf, vehicleChangesOf } from '../vehicle.rules.js';
import type { BulkUploadRowError } from './bulk-upload.entity.js';
import { columns, type Field } from './csv/columns.js';
import type { CsvRecord } from './csv/records.js';
import { headerOf, type Table } from './csv/table.js';

/** What the cells of a row say; an empty one says nothing. */
export type GivenCells = { vin: string; askingPrice?: Cents } & Partial<Omit<VehicleDetails, 'isNegotiable'>>;

/** A row of a file, read and not yet compared with the inventory. */
export interface FileRow {
  readonly line: number;
  /** Normalised and without a fault; null where there is none such. */
  readonly vin: string | null;
  readonly given: GivenCells;
  /** What cannot be read, by field; under '' what is wrong with the row as a whole. */
  readonly faults: FieldMessages;
}

/** What is to be done about a row. */
export type Decision =
  | { readonly kind: 'create'; readonly listing: NewVehicle }
  | {
      readonly kind: 'update';
      readonly vehicle: Vehicle;
      readonly details: Partial<VehicleDetails>;
      readonly price: Cents | null;
    }
  | { readonly kind: 'refuse'; readonly errors: BulkUploadRowError[] };

export function rowOf(table: Table, { line, cells, isTorn }: CsvRecord): FileRow {
  if (isTorn) return unreadable(line, TORN);
  const width = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
  if (width > table.width || cells.length < table.width) {
    const counts = `The row has ${cells.length} cells, the header ${table.width}.`;
    return unreadable(line, `${counts} Is a separator not quoted?`);
  }
  const given: Record<string, unknown> = {};
  const faults: FieldMessages = {};
  for (const { column, index } of table.columns) {
    const text = cells[index]?.trim() ?? '';
    if (text === '') continue;
    const cell = column.read(text);
    if ('fault' in cell) faults[column.field] = [cell.fault];
    else given[column.field] = cell.value;
  }
  const vin = normalizeVin((given.vin as string | undefined) ?? '');
  const fault = vin === '' ? 'This field is required.' : vinFault(vin);
  if (fault) faults.vin = [fault];
  return { line, vin: fault ? null : vin, given: { ...given, vin } as GivenCells, faults };
}

const TORN =
  'A quotation mark in the row is not closed: what follows, up to the next one in a later row, was not read.';

function unreadable(line: number, fault: string): FileRow {
  return { line, vin: null, given: { vin: '' }, faults: { '': [fault] } };
}

/** The same row, refused because another says something of this VIN. */
export function repeating(row: FileRow, firstLine: number): FileRow {
  return { ...row, faults: { ...row.faults, vin: [`Line ${firstLine} has this VIN already.`] } };
}

/**
 * What a row means for an inventory: a new vehicle, or changes of the one with its VIN, which stays as it is where the
 * row says nothing. All that is wrong with a row is told.
 */
export function decide(row: FileRow, existing: Vehicle | null, table: Table, now: Date): Decision {
  const { line, given, faults } = row;
  if (faults['']) return { kind: 'refuse', errors: errorsOf(line, faults, table) };
  const ruled = existing ? changesOf(given, existing, now) : listingOf(given, now);
  if ('faults' in ruled || Object.keys(faults).length > 0) {
    // Of what could not be read the rules know nothing but that it is missing.
    const all = { ...('faults' in ruled ? ruled.faults : {}), ...faults };
    return { kind: 'refuse', errors: errorsOf(line, all, table) };
  }
  return ruled;
}

type Ruled = Exclude<Decision, { kind: 'refuse' }> | { readonly faults: FieldMessages };

function listingOf(given: GivenCells, now: Date): Ruled {
  const input = { condition: 'USED' as const, ...given, askingPrice: given.askingPrice ?? null };
  return ruledBy(() => ({ kind: 'create', listing: newVehicleOf(input, now) }));
}

function changesOf({ vin: _vin, ...given }: GivenCells, vehicle: Vehicle, now: Date): Ruled {
  const status: VehicleStatus = vehicle.status;
  if (!editing[status].details) {
    return { faults: { vin: [`The vehicle is ${status}, and cannot be changed any more.`] } };
  }
  return ruledBy(() => {
    const { details, askingPrice } = vehicleChangesOf(given, now);
    const price = askingPrice === undefined || askingPrice === vehicle.askingPrice ? null : askingPrice;
    if (price !== null && !editing[status].price) {
      return {
        faults: { askingPrice: [`The asking price of a vehicle that is ${status} cannot be changed.`] },
      };
    }
    if (price !== null) {
      const { autoAcceptAt, autoDeclineBelow } = vehicle;
      assertTerms({ askingPrice: price, autoAcceptAt, autoDeclineBelow }, new Set(['askingPrice']));
    }
    return { kind: 'update', vehicle, details: differing(details, vehicle), price };
  });
}

function ruledBy(rules: () => Ruled): Ruled {
  try {
    return rules();
  } catch (error) {
    if (error instanceof AppError && error.fields) return { faults: error.fields };
    throw error;
  }
}

function differing(details: Partial<VehicleDetails>, vehicle: Vehicle): Partial<VehicleDetails> {
  const entries = Object.entries(details).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(vehicle[name as keyof VehicleDetails]),
  );
  return Object.fromEntries(entries);
}

/** In the order of the template. */
function errorsOf(line: number, faults: FieldMessages, table: Table): BulkUploadRowError[] {
  const fields: string[] = columns.map(({ field }: { field: Field }) => field);
  return Object.entries(faults)
    .toSorted(([a], [b]) => fields.indexOf(a) - fields.indexOf(b))
    .flatMap(([field, messages]) => {
      const column = field === '' ? null : headerOf(table, field);
      return messages.map((message) => ({ line, column, message }));
    });
}
