import type { GraphQLResolveInfo } from 'graphql';
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { badInput, notFound } from '../../../kernel/errors.js';
import { defineLoader } from '../../../kernel/loader.js';
import { type Row, readRows } from '../../../kernel/reads.js';
import { leavesOf, type Selection } from '../../../kernel/selection.js';
import type { Vehicle } from '../vehicle.entity.js';
import { readVisibleVehicle } from '../vehicle.reads.js';
import { vehicleShape } from '../vehicle.shapes.js';
import { type Candidate, mostSimilar, type Wanted } from './similar.rules.js';

/** As many as a page shows beside a vehicle, several times over. */
const MOST = 24;

/** From each of the sources, so many that ask less than the vehicle and so many that ask as much or more. */
const FROM_EACH = MOST;

/** SQLite unites 500 selections at most; each vehicle takes six. More are united of such unions. */
const UNITED = 480;

const COMPARED = leavesOf('bodyType', 'askingPrice', 'makeKey', 'modelKey');

/** BAD_USER_INPUT outside 1 to 24. */
export function checkSimilarCount(first: number): void {
  if (first < 1 || first > MOST) throw badInput({ first: [`Ensure this value is between 1 and ${MOST}.`] });
}

/** Of a vehicle that the viewer may see. NOT_FOUND for any other. */
export async function readSimilarVehicles(
  ctx: Ctx,
  vehicleId: string,
  first: number,
  selection: Selection,
  field: GraphQLResolveInfo['fieldNodes'],
): Promise<Row<Vehicle>[]> {
  checkSimilarCount(first);
  const vehicle = await readVisibleVehicle(ctx, vehicleId, COMPARED);
  if (!vehicle) throw notFound('Vehicle');
  return similarTo(ctx, vehicle, first, selection, field);
}

/**
 * `Vehicle.similar` of all the vehicles of one field together: one statement for the candidates, and one for the rows.
 */
export function similarTo(
  ctx: Ctx,
  vehicle: Wanted,
  first: number,
  selection: Selection,
  field: unknown,
): Promise<Row<Vehicle>[]> {
  const loader = defineLoader<Wanted, Row<Vehicle>[]>(
    async (batchCtx, wanted) => {
      const candidates = await readCandidates(batchCtx, wanted);
      const chosen = new Map(
        wanted.map((one) => [one.id, mostSimilar(one, candidates.get(one.id) ?? [], first)] as const),
      );
      const ids = [...new Set([...chosen.values()].flat())];
      const rows =
        ids.length === 0
          ? []
          : await readRows(batchCtx, vehicleShape, selection, {
              // Who bought one between the two statements took it from the list.
              where: [sql`r.id in (${sql.join(ids)})`, sql`r.status = 'ACTIVE'`],
            });
      const byId = new Map(rows.map((row) => [row.id, row]));
      return wanted.map(({ id }) => (chosen.get(id) ?? []).flatMap((other) => byId.get(other) ?? []));
    },
    ({ id }) => id,
  );
  return ctx.loaders.of(ctx, loader, field).load(vehicle);
}

/** The nearest in price of the same model, of the same body, and of any. Each is a short walk along an index. */
async function readCandidates(ctx: Ctx, wanted: readonly Wanted[]): Promise<Map<string, Candidate[]>> {
  const parts = wanted.flatMap((one) => [
    ...aroundThePrice(one, sql`r.make_key = ${one.makeKey} and r.model_key = ${one.modelKey}`),
    ...(one.bodyType === null ? [] : aroundThePrice(one, sql`r.body_type = ${one.bodyType}`)),
    ...aroundThePrice(one, sql`1 = 1`),
  ]);
  const { rows } = await sql<Candidate & { for: string }>`${united(parts)}`.execute(ctx.em.getKysely());
  const found = rows.map((row) => ({ ...row, askingPrice: Number(row.askingPrice) }));
  return Map.groupBy(found, (row) => row.for);
}

function united(parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  const unions: RawBuilder<unknown>[] = [];
  for (let at = 0; at < parts.length; at += UNITED) {
    unions.push(sql`select * from (${sql.join(parts.slice(at, at + UNITED), sql` union all `)}) as u`);
  }
  return sql.join(unions, sql` union all `);
}

function aroundThePrice(one: Wanted, alike: RawBuilder<unknown>): RawBuilder<unknown>[] {
  const side = (compared: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`
    select * from (
      select cast(${one.id} as text) as "for", r.id, r.body_type as "bodyType", r.asking_price as "askingPrice",
        r.make_key as "makeKey", r.model_key as "modelKey"
      from vehicles as r
      where r.status = 'ACTIVE' and ${alike} and r.asking_price ${compared} ${one.askingPrice} and r.id <> ${one.id}
      order by ${order} limit ${FROM_EACH}
    ) as s`;
  return [side(sql`>=`, sql`r.asking_price, r.id`), side(sql`<`, sql`r.asking_price desc, r.id desc`)];
}
