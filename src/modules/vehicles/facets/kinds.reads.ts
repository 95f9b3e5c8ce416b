import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { Condition } from '../../../kernel/reads.js';
import { spelledMake, spelledModel } from '../spelling.js';
import type { BodyType, FuelType } from '../vehicle.enums.js';
import { type Countable, figuresOf, MODEL_STEP, modelOf, NO_KIND } from '../vehicle.kind.js';

/** A kind of vehicle on the market: all that facets tell is rolled up from these. */
export interface CountedKind extends Countable {
  /** As the market spells them. */
  readonly make: string;
  readonly model: string;
  /** How many there are within the prices that are asked for; the least and the most asked are those of all. */
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

export interface KindsRequest {
  /** Leaves out what it does not join. */
  readonly join?: RawBuilder<unknown> | undefined;
  /** Conditions on the price of what is counted. */
  readonly prices?: readonly Condition[];
}

interface KindRow {
  readonly kind: number | string;
  readonly count: number;
  readonly low: number | string;
  readonly high: number | string;
  /** Null where another row of the model has them. */
  readonly make_key: string | null;
  readonly model_key: string | null;
  readonly make: string | null;
  readonly model: string | null;
  /** Null, too, where the kind tells them. */
  readonly body_type: BodyType | null;
  readonly fuel_type: FuelType | null;
  readonly year: number | null;
}

/** Kinds on the market, in one statement: they are counted by `vehicles_kind_index` alone, and each model is then named. */
export async function readKinds(ctx: Ctx, request: KindsRequest = {}): Promise<CountedKind[]> {
  const { rows } = await sql<KindRow>`
    with kinds as materialized (${countsOf([sql.ref('r.kind')], listed(sql`>`, request), request)}),
    named as materialized (${NAMED}),
    unkinded as materialized (select ${sql.join([...COLUMNS, sql.ref('r.asking_price')])} ${listed(sql`=`, request)})
    select kinds.kind, kinds.count, kinds.low, kinds.high, named.make_key, named.model_key, named.make, named.model,
      cast(null as varchar(20)) as body_type, cast(null as varchar(20)) as fuel_type, cast(null as integer) as year
    from kinds left join named on named.kind = kinds.kind
    union all
    select ${sql.lit(NO_KIND)}, others.count, others.low, others.high, others.make_key, others.model_key,
      ${spelledMake(sql`others.make_key`)}, ${spelledModel(sql`others.make_key`, sql`others.model_key`)},
      others.body_type, others.fuel_type, others.year
    from (${countsOf(COLUMNS, sql`from unkinded as r`, request)}) as others`.execute(ctx.em.getKysely());
  return kindsFrom(rows);
}

/** What a kind is made of, for what has none. */
const COLUMNS = ['make_key', 'model_key', 'body_type', 'fuel_type', 'year'].map((name) =>
  sql.ref(`r.${name}`),
);

/**
 * The names of each model, as its cheapest listing has them. That is the first of its kind: looked for as the first from
 * its kind on, for which the planner has one index only, whatever it knows of the table.
 */
const NAMED = sql`
  select cheapest.kind, listing.make_key, listing.model_key, listing.make, listing.model
  from (
    select kind, row_number() over (partition by kind / ${sql.lit(MODEL_STEP)} order by low, kind) as place from kinds
  ) as cheapest
  join vehicles as listing on listing.id = (
    select first.id from vehicles as first where first.status = 'ACTIVE' and first.kind >= cheapest.kind
    order by first.kind, first.asking_price, first.dealer_id, first.id limit 1
  )
  where cheapest.place = 1`;

/**
 * What is on the market, of a kind or of none. Those of none are found before they are grouped: SQLite would take an
 * index in the order of the groups, and read the whole market through it.
 */
function listed(than: RawBuilder<unknown>, { join = sql`` }: KindsRequest): RawBuilder<unknown> {
  return sql`from vehicles as r ${join} where r.status = 'ACTIVE' and r.kind ${than} ${sql.lit(NO_KIND)}`;
}

function countsOf(
  keys: ReadonlyArray<RawBuilder<unknown>>,
  from: RawBuilder<unknown>,
  { prices = [] }: KindsRequest,
): RawBuilder<unknown> {
  const counted = prices.length > 0 ? sql`filter (where ${sql.join([...prices], sql` and `)})` : sql``;
  return sql`select ${sql.join([...keys])}, cast(count(*) ${counted} as integer) as count,
    min(r.asking_price) as low, max(r.asking_price) as high ${from} group by ${sql.join([...keys])}`;
}

function kindsFrom(rows: readonly KindRow[]): CountedKind[] {
  const models = new Map<number, Names>();
  const makes = new Map<string, { make: string; low: number }>();
  for (const row of rows) {
    const names = namesOf(row);
    if (!names) continue;
    models.set(modelOf(Number(row.kind)), names);
    const known = makes.get(names.makeKey);
    if (!known || Number(row.low) < known.low)
      makes.set(names.makeKey, { make: names.make, low: Number(row.low) });
  }
  return rows.flatMap((row) => {
    const kind = Number(row.kind);
    const names = namesOf(row) ?? models.get(modelOf(kind));
    if (!names) return [];
    const make = makes.get(names.makeKey)?.make ?? names.make;
    const figures = { count: row.count, low: Number(row.low), high: Number(row.high) };
    return { ...names, make, ...(kind === NO_KIND ? columnsOf(row) : figuresOf(kind)), ...figures };
  });
}

type Names = Pick<CountedKind, 'makeKey' | 'modelKey' | 'make' | 'model'>;

function namesOf({ make_key: makeKey, model_key: modelKey, make, model }: KindRow): Names | null {
  return makeKey !== null && modelKey !== null && make !== null && model !== null
    ? { makeKey, modelKey, make, model }
    : null;
}

function columnsOf({ body_type, fuel_type, year }: KindRow) {
  return { bodyType: body_type, fuelType: fuel_type, year: year ?? 0 };
}
