import { type RawBuilder, sql } from 'kysely';

/**
 * SQL: how the market spells a make or a model, of which the keys are known. Spellings differ in case and spaces alone;
 * the cheapest listing's stands for all, because an index finds it at once: the least of all would have to read them all.
 */
export function spelledMake(makeKey: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select spelled.make from vehicles as spelled
    where spelled.status = 'ACTIVE' and spelled.make_key = ${makeKey}
    order by spelled.asking_price, spelled.id limit 1)`;
}

export function spelledModel(
  makeKey: RawBuilder<unknown>,
  modelKey: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(select spelled.model from vehicles as spelled
    where spelled.status = 'ACTIVE' and spelled.make_key = ${makeKey} and spelled.model_key = ${modelKey}
    order by spelled.asking_price, spelled.id limit 1)`;
}
