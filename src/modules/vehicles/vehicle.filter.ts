import { type RawBuilder, sql } from 'kysely';
import { isUuid } from '../../kernel/base.entity.js';
import type { Ctx } from '../../kernel/context.js';
import type { Computed, Condition } from '../../kernel/reads.js';
import { containing, InputCheck, textFault, textLimits } from '../../kernel/text.js';
import { dealerIdsInState } from '../dealers/index.js';
import { nearOf } from './near/near.js';
import { type TextSearch, textSearchOf } from './search/text-search.js';
import type { VehicleFilter } from './vehicle.inputs.js';
import type { Countable } from './vehicle.kind.js';
import { nameKey } from './vehicle.names.js';

/** More values than there are makes on the market help nobody, and each costs the database a comparison. */
const MAX_VALUES = 50;

/** So many makes or models are few of those that there are. */
const FEW = 2;

/** What one field of a filter asks of a row. */
export interface FilterPart {
  readonly field: keyof VehicleFilter;
  readonly condition: Condition;
  /** The same of a kind of vehicle; absent where a kind does not tell. */
  readonly holdsFor?: (kind: Countable) => boolean;
  /** That it leaves few rows, as far as a filter can tell: a make or a model, or two. */
  readonly isNarrow?: boolean;
}

/** A filter as SQL. A row matches where it fulfils each part, and is found by the join where there is one. */
export interface Narrowing {
  readonly parts: readonly FilterPart[];
  /** See ReadOptions. */
  readonly join?: RawBuilder<unknown>;
  /** What is searched for; null without `search`. */
  readonly search: TextSearch | null;
  /** How far a row is from `near`; null without one. It reads the join. */
  readonly distance: Computed | null;
  /** That nothing can match, whatever rows there are. */
  readonly isEmpty: boolean;
}

/** What every row matches. */
export const unnarrowed: Narrowing = {
  parts: [],
  search: null,
  distance: null,
  isEmpty: false,
};

/**
 * What a filter leaves of the listings. What is absent, null or an empty list does not narrow. A filter that cannot be
 * is BAD_USER_INPUT by field.
 */
export async function narrowingOf(ctx: Ctx, filter: VehicleFilter): Promise<Narrowing> {
  const parts = partsOf(filter);
  const near = filter.near == null ? null : await nearOf(ctx, filter.near);
  if (near?.isEmpty) parts.push({ field: 'near', condition: sql`1 = 0` });
  const search = filter.search == null ? null : await textSearchOf(ctx, filter.search);
  if (search) parts.push({ field: 'search', condition: search.condition });
  return {
    parts,
    search,
    distance: near?.distance ?? null,
    isEmpty: near?.isEmpty ?? false,
    ...(near ? { join: near.join } : {}),
  };
}

export function conditionsOf({ parts }: Narrowing): Condition[] {
  return parts.map(({ condition }) => condition);
}

/**
 * The same for what looks at all that is found. Where nothing but a search narrows, no other index helps; and however much
 * the planner expects it to find, it is not to read the whole table instead.
 */
export function wholeOf(narrowing: Narrowing): Condition[] {
  const search = searchAlone(narrowing);
  return search ? [search.indexed] : conditionsOf(narrowing);
}

/** The search, where nothing else narrows. */
export function searchAlone({ parts, search, join }: Narrowing): TextSearch | null {
  return parts.length === 1 && !join ? search : null;
}

/** The same, but for what these fields ask. */
export function without(narrowing: Narrowing, fields: readonly string[]): Narrowing {
  return { ...narrowing, parts: narrowing.parts.filter(({ field }) => !fields.includes(field)) };
}

/** The parts that only look at the row and its dealer. */
function partsOf(filter: VehicleFilter): FilterPart[] {
  const check = new InputCheck();
  const makes = namesOf(check, 'makes', filter.makes);
  const models = namesOf(check, 'models', filter.models);
  const state = check.optional('state', filter.state, textLimits.name);
  for (const field of ENUM_LISTS) cap(check, field, filter[field]);
  check.done();

  return [
    ...isOneOf('makes', 'r.make_key', makes, ({ makeKey }) => makeKey),
    ...isOneOf('models', 'r.model_key', models, ({ modelKey }) => modelKey),
    ...isOneOf('bodyTypes', 'r.body_type', filter.bodyTypes, ({ bodyType }) => bodyType),
    ...isOneOf('fuelTypes', 'r.fuel_type', filter.fuelTypes, ({ fuelType }) => fuelType),
    ...isOneOf('transmissions', 'r.transmission', filter.transmissions),
    ...isOneOf('drivetrains', 'r.drivetrain', filter.drivetrains),
    ...isOneOf('conditions', 'r.condition', filter.conditions),
    ...isOneOf('ratings', 'r.deal_rating', filter.ratings),
    ...part(
      'yearMin',
      filter.yearMin,
      (year) => sql`r.year >= ${year}`,
      (year) => (kind) => kind.year >= year,
    ),
    ...part(
      'yearMax',
      filter.yearMax,
      (year) => sql`r.year <= ${year}`,
      (year) => (kind) => kind.year <= year,
    ),
    ...part('priceMin', filter.priceMin, (price) => sql`r.asking_price >= ${price}`),
    ...part('priceMax', filter.priceMax, (price) => sql`r.asking_price <= ${price}`),
    ...part('mileageMax', filter.mileageMax, (miles) => sql`r.mileage <= ${miles}`),
    ...part('dealerId', filter.dealerId, ofDealer),
    ...part('state', state, (name) => sql`r.dealer_id in ${dealerIdsInState(name)}`),
  ];
}

function part<V>(
  field: FilterPart['field'],
  value: V | null | undefined,
  condition: (value: V) => Condition,
  holdsFor?: (value: V) => (kind: Countable) => boolean,
): FilterPart[] {
  if (value == null) return [];
  return [{ field, condition: condition(value), ...(holdsFor ? { holdsFor: holdsFor(value) } : {}) }];
}

const ENUM_LISTS = [
  'bodyTypes',
  'fuelTypes',
  'transmissions',
  'drivetrains',
  'conditions',
  'ratings',
] as const;

/** Statuses of `myInventory`. */
export function statusIn(statuses: readonly string[] | null | undefined): Condition[] {
  const check = new InputCheck();
  cap(check, 'statuses', statuses);
  check.done();
  return oneOf('r.status', statuses);
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

function isOneOf(
  field: FilterPart['field'],
  column: string,
  values: readonly string[] | null | undefined,
  of?: (kind: Countable) => string | null,
): FilterPart[] {
  const wanted = new Set<string | null>(values);
  const holds = of ? { holdsFor: (kind: Countable) => wanted.has(of(kind)) } : {};
  const isNarrow = (field === 'makes' || field === 'models') && wanted.size <= FEW;
  return oneOf(column, values).map((condition) => ({ field, condition, isNarrow, ...holds }));
}

function oneOf(column: string, values: readonly string[] | null | undefined): Condition[] {
  if (!values?.length) return [];
  return [sql`${sql.ref(column)} in (${sql.join([...new Set(values)])})`];
}
