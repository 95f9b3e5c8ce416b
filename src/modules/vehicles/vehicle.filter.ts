import { sql } from 'kysely';
import { isUuid } from '../../kernel/base.entity.js';
import type { Condition } from '../../kernel/reads.js';
import { containing, InputCheck, textFault, textLimits } from '../../kernel/text.js';
import { dealerIdsInState } from '../dealers/index.js';
import type { VehicleFilter } from './vehicle.inputs.js';
import { nameKey } from './vehicle.names.js';

/** More values than there are makes on the market help nobody, and each costs the database a comparison. */
const MAX_VALUES = 50;

/** A filter as conditions, joined by "and". What is absent, null or an empty list does not narrow. */
export function conditionsOf(filter: VehicleFilter): Condition[] {
  const check = new InputCheck();
  const makes = namesOf(check, 'makes', filter.makes);
  const models = namesOf(check, 'models', filter.models);
  const state = check.optional('state', filter.state, textLimits.name);
  for (const field of ENUM_LISTS) cap(check, field, filter[field]);
  check.done();

  return [
    ...isOneOf('r.make_key', makes),
    ...isOneOf('r.model_key', models),
    ...isOneOf('r.body_type', filter.bodyTypes),
    ...isOneOf('r.fuel_type', filter.fuelTypes),
    ...isOneOf('r.transmission', filter.transmissions),
    ...isOneOf('r.drivetrain', filter.drivetrains),
    ...isOneOf('r.condition', filter.conditions),
    ...(filter.yearMin == null ? [] : [sql`r.year >= ${filter.yearMin}`]),
    ...(filter.yearMax == null ? [] : [sql`r.year <= ${filter.yearMax}`]),
    ...(filter.priceMin == null ? [] : [sql`r.asking_price >= ${filter.priceMin}`]),
    ...(filter.priceMax == null ? [] : [sql`r.asking_price <= ${filter.priceMax}`]),
    ...(filter.mileageMax == null ? [] : [sql`r.mileage <= ${filter.mileageMax}`]),
    ...(filter.dealerId == null ? [] : [ofDealer(filter.dealerId)]),
    ...(state === null ? [] : [sql`r.dealer_id in ${dealerIdsInState(state)}`]),
  ];
}

const ENUM_LISTS = ['bodyTypes', 'fuelTypes', 'transmissions', 'drivetrains', 'conditions'] as const;

/** Statuses of `myInventory`. */
export function statusIn(statuses: readonly string[] | null | undefined): Condition[] {
  const check = new InputCheck();
  cap(check, 'statuses', statuses);
  check.done();
  return isOneOf('r.status', statuses);
}

/** A part of make, model, VIN or stock number. */
export function mentions(search: string | null | undefined): Condition[] {
  const check = new InputCheck();
  const text = check.optional('search', search, textLimits.name);
  check.done();
  if (text === null) return [];
  const key = containing(nameKey(text));
  return [
    sql`(r.make_key like ${key} escape '\\' or r.model_key like ${key} escape '\\'
      or r.vin like ${containing(text.toUpperCase())} escape '\\'
      or lower(r.stock_number) like lower(${containing(text)}) escape '\\')`,
  ];
}

function ofDealer(id: string): Condition {
  return isUuid(id) ? sql`r.dealer_id = ${id}` : sql`1 = 0`;
}

function namesOf(check: InputCheck, field: string, names: readonly string[] | null | undefined): string[] {
  cap(check, field, names);
  for (const name of names ?? []) {
    const fault = textFault(name, textLimits.name);
    if (fault) check.fault(field, fault);
  }
  return (names ?? []).map(nameKey);
}

function cap(check: InputCheck, field: string, values: readonly unknown[] | null | undefined): void {
  const isShort = (values?.length ?? 0) <= MAX_VALUES;
  check.ensure(isShort, field, `Ensure this list has no more than ${MAX_VALUES} entries.`);
}

function isOneOf(column: string, values: readonly string[] | null | undefined): Condition[] {
  if (!values?.length) return [];
  return [sql`${sql.ref(column)} in (${sql.join([...new Set(values)])})`];
}
