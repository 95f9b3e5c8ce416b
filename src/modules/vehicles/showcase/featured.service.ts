import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx } from '../../../kernel/context.js';
import { badInput, notFound } from '../../../kernel/errors.js';
import { type Row, readRows } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { write } from '../../../kernel/unit-of-work.js';
import { Vehicle } from '../vehicle.entity.js';
import { announceVehicle } from '../vehicle.events.js';
import { vehicleShape } from '../vehicle.shapes.js';

/** What the front page shows: the last featured first, ACTIVE ones alone. BAD_USER_INPUT outside 1 to a page's maximum. */
export async function readFeaturedVehicles(
  ctx: Ctx,
  first: number,
  selection: Selection,
): Promise<Row<Vehicle>[]> {
  const { maxPageSize } = ctx.policy;
  if (first < 1 || first > maxPageSize) {
    throw badInput({ first: [`Ensure this value is between 1 and ${maxPageSize}.`] });
  }
  return readRows(ctx, vehicleShape, selection, {
    where: [sql`r.featured_at is not null`, sql`r.status = 'ACTIVE'`],
    orderBy: sql`r.featured_at desc, r.id desc`,
    limit: first,
  });
}

/** An admin puts a vehicle on the front page, or takes it off. Returns its id. NOT_FOUND for one that there is not. */
export async function featureVehicle(ctx: Ctx, id: string, featured: boolean): Promise<string> {
  requireType(ctx, 'ADMIN');
  return write(ctx, async (tx) => {
    const vehicle = isUuid(id)
      ? await tx.em.findOne(Vehicle, id, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : null;
    if (!vehicle) throw notFound('Vehicle');
    if (vehicle.feature(featured, tx.clock.now())) announceVehicle(tx, vehicle.id);
    return vehicle.id;
  });
}
