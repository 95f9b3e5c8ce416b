import { formatMoney, parseMoney } from '../../../kernel/money.js';
import type { VehicleFilter } from '../vehicle.inputs.js';

/** A VehicleFilter as JSON: money as text, and nothing in it that does not narrow. */
export type StoredFilter = Readonly<Record<string, unknown>>;

const MONEY: readonly string[] = ['priceMin', 'priceMax'] satisfies Array<keyof VehicleFilter>;

export function storedFilterOf(filter: VehicleFilter): StoredFilter {
  const entries = Object.entries(filter)
    .filter(([, value]) => value != null && !(Array.isArray(value) && value.length === 0))
    .map(([field, value]) => [field, MONEY.includes(field) ? formatMoney(value as number) : value]);
  return Object.fromEntries(entries);
}

export function filterOf(stored: StoredFilter): VehicleFilter {
  const entries = Object.entries(stored).map(([field, value]) => [
    field,
    MONEY.includes(field) ? parseMoney(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** The same text for the same filter: fields in alphabetical order, whatever order a database keeps them in. */
export function filterJsonOf(stored: StoredFilter): string {
  return JSON.stringify(sorted(stored));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
