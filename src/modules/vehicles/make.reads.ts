import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { spelledMake, spelledModel } from './spelling.js';
import { compareNames } from './vehicle.names.js';
import type { MakeCount } from './vehicle.payloads.js';

/** How many models `makes` names at most: the ones with the most listings. */
const MAX_MODELS = 1_000;

interface ModelRow {
  make_key: string;
  make: string;
  model: string;
  count: number | string;
  make_count: number | string;
}

/** Makes and models on the market, by name. One statement: models are counted by an index alone, then spelled. */
export async function readMakes(ctx: Ctx): Promise<MakeCount[]> {
  const { rows } = await sql<ModelRow>`
    select top.make_key, top.count, top.make_count, ${spelledMake(sql`top.make_key`)} as make,
      ${spelledModel(sql`top.make_key`, sql`top.model_key`)} as model
    from (
      select r.make_key, r.model_key, count(*) as count, sum(count(*)) over (partition by r.make_key) as make_count
      from vehicles as r where r.status = 'ACTIVE' group by r.make_key, r.model_key
      order by count(*) desc, r.make_key, r.model_key limit ${MAX_MODELS}
    ) as top`.execute(ctx.em.getKysely());
  const makes = new Map<string, MakeCount>();
  for (const row of rows) {
    const make = makes.get(row.make_key) ?? { make: row.make, count: Number(row.make_count), models: [] };
    makes.set(row.make_key, make);
    make.models.push({ value: row.model, count: Number(row.count) });
  }
  for (const make of makes.values()) make.models.sort((a, b) => compareNames(a.value, b.value));
  return [...makes.values()].sort((a, b) => compareNames(a.make, b.make));
}
