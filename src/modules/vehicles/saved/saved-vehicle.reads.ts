import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import { type ForwardPageArgs, type ListOrder, type Page, readPage } from '../../../kernel/connection.js';
import type { Ctx } from '../../../kernel/context.js';
import type { Row } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { withFacets } from '../facets/faceted-page.js';
import { facetsOfList } from '../facets/facets.reads.js';
import type { Vehicle } from '../vehicle.entity.js';
import { visibleTo } from '../vehicle.policy.js';
import { vehicleShape } from '../vehicle.shapes.js';

const LAST_SAVED: ListOrder = {
  name: 'LAST_SAVED',
  by: [{ name: 'savedAt', value: sql.ref('saved.created_at') }],
  descending: true,
};

/** What the viewer keeps and may still see, the last saved first. */
export async function readSavedVehicles(
  ctx: Ctx,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<Page<Row<Vehicle>>> {
  const { id } = requireViewer(ctx);
  const join = sql`join saved_vehicles as saved on saved.vehicle_id = r.id and saved.user_id = ${id}`;
  const where = visibleTo(ctx.viewer);
  const list = { list: 'savedVehicles', order: LAST_SAVED, join, where };
  const page = await readPage(ctx, vehicleShape, { ...list, args, selection });
  return withFacets(page, facetsOfList({ where, join }));
}
