import { type RawBuilder, sql } from 'kysely';
import { type Condition, whereClause } from '../../../kernel/reads.js';
import { spelledMake, spelledModel } from '../spelling.js';
import { type CountedName, countedFacets, type FacetName, isCounted } from './facets.rules.js';

/** What facets are counted over: vehicles as `r`. */
export interface CountedRows {
  readonly where: readonly Condition[];
  readonly join?: RawBuilder<unknown> | undefined;
  /** Counts apart for each value of this: the dealers, where many lists are counted at once. */
  readonly apart?: RawBuilder<unknown> | undefined;
  /** Whether all of these rows are on the market, which then spells their makes and models by its indexes. */
  readonly onTheMarket: boolean;
}

/** A line of the answer: a value of a facet and its count, or the prices. */
export interface FacetRow {
  /** The value that it is counted apart for; 0 where all is counted together. */
  readonly apart: string | number;
  readonly facet: FacetName;
  readonly value: string | null;
  readonly count: number | string;
  readonly low: number | string | null;
  readonly high: number | string | null;
}

/**
 * Facets over the same rows, in one statement. It goes through the rows once and groups them by all that is asked for;
 * what is then rolled up to the facets are some thousand groups.
 */
export function facetsStatement(facets: readonly FacetName[], rows: CountedRows): RawBuilder<FacetRow> {
  const counted = facets.filter(isCounted);
  const branches = counted.map((name) => countsOf(name, rows));
  if (facets.includes('price')) branches.push(PRICES);
  return sql<FacetRow>`with groups as materialized (${groupsOf(counted, facets.includes('price'), rows)})
    ${sql.join(branches, sql` union all `)}`;
}

function groupsOf(counted: readonly CountedName[], prices: boolean, rows: CountedRows): RawBuilder<unknown> {
  const keys = columnsOf(counted).map((column) => sql.ref(`r.${column}`));
  const groupBy = rows.apart ? [rows.apart, ...keys] : keys;
  const columns = [
    sql`${rows.apart ?? sql.lit(0)} as apart`,
    ...keys,
    sql`cast(count(*) as integer) as n`,
    ...(prices ? [sql`min(r.asking_price) as low, max(r.asking_price) as high`] : []),
    ...(rows.onTheMarket ? [] : [sql`min(r.make) as make, min(r.model) as model`]),
  ];
  return sql`select ${sql.join(columns)} from vehicles as r ${rows.join ?? sql``} ${whereClause(rows.where)}
    ${groupBy.length > 0 ? sql`group by ${sql.join(groupBy)}` : sql``}`;
}

/** A model is spelled as its make spells it. */
function columnsOf(counted: readonly CountedName[]): string[] {
  const asked = new Set(counted);
  if (asked.has('models')) asked.add('makes');
  return (Object.keys(countedFacets) as CountedName[])
    .filter((name) => asked.has(name))
    .map((name) => countedFacets[name].column);
}

function countsOf(name: CountedName, rows: CountedRows): RawBuilder<unknown> {
  const { column, most } = countedFacets[name];
  const key = sql.ref(`groups.${column}`);
  const { extra, value } = spellingOf(name, rows);
  return sql`select ranked.apart as apart, ${sql.lit(name)} as facet, ${value} as value, ranked.n as count,
      cast(null as bigint) as low, cast(null as bigint) as high
    from (
      select groups.apart, ${key} as value, ${extra} sum(groups.n) as n,
        row_number() over (partition by groups.apart order by sum(groups.n) desc, ${key}) as place
      from groups where ${key} is not null group by groups.apart, ${key}
    ) as ranked where ranked.place <= ${sql.lit(most)}`;
}

/** How a facet tells its values, and what it has to know of their groups for it. */
function spellingOf(name: CountedName, { onTheMarket }: CountedRows) {
  const asItStands = { extra: sql``, value: sql`cast(ranked.value as varchar(100))` };
  if (name === 'makes') {
    if (onTheMarket) return { extra: sql``, value: spelledMake(sql`ranked.value`) };
    return { extra: sql`min(groups.make) as spelling,`, value: sql`ranked.spelling` };
  }
  if (name === 'models') {
    if (!onTheMarket) return { extra: sql`min(groups.model) as spelling,`, value: sql`ranked.spelling` };
    const value = spelledModel(sql`ranked.make_key`, sql`ranked.value`);
    return { extra: sql`min(groups.make_key) as make_key,`, value };
  }
  return asItStands;
}

const PRICES = sql`select groups.apart as apart, 'price' as facet, cast(null as varchar(100)) as value,
    sum(groups.n) as count, min(groups.low) as low, max(groups.high) as high
  from groups group by groups.apart`;
