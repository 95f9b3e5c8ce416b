import { sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import type { Ctx, UserType } from '../../../kernel/context.js';
import { dayOf, daysAfter } from '../../../kernel/days.js';
import { countRows } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { countDealersAwaitingReview } from '../../dealers/index.js';
import { negotiationShape, standsAt } from '../../negotiations/index.js';
import { VehicleStatus } from '../../vehicles/index.js';
import { lastCountedDay } from '../daily/daily-figures.service.js';
import { figuresFromRows } from '../daily/figures.statement.js';
import { partsOf } from '../daily/parts.js';
import type { AdminDashboard } from './admin-dashboard.payloads.js';

const DAYS = 30;

/** Figures that are told together. */
interface Part {
  readonly fields: ReadonlyArray<keyof AdminDashboard>;
  readonly read: (ctx: Ctx) => Promise<Partial<AdminDashboard>>;
}

const parts: readonly Part[] = [
  { fields: ['users', 'buyers', 'dealers'], read: accountFigures },
  {
    fields: ['dealersAwaitingReview'],
    read: async (ctx) => ({ dealersAwaitingReview: await countDealersAwaitingReview(ctx) }),
  },
  { fields: ['vehiclesByStatus'], read: vehicleFigures },
  { fields: ['negotiationsActive'], read: negotiationFigures },
  { fields: ['agreementsLast30Days', 'agreedValueLast30Days'], read: agreementFigures },
];

/** The marketplace's figures, as far as the selection asks: six statements at most. For admins. */
export async function readAdminDashboard(ctx: Ctx, selection: Selection): Promise<Partial<AdminDashboard>> {
  requireType(ctx, 'ADMIN');
  const wanted = parts.filter(({ fields }) => fields.some((field) => selection.has(field)));
  return Object.assign({}, ...(await Promise.all(wanted.map(({ read }) => read(ctx)))));
}

async function accountFigures(ctx: Ctx): Promise<Partial<AdminDashboard>> {
  const { rows } = await sql<{ type: UserType; count: number | string }>`
    select user_type as type, count(*) as count from users where deleted_at is null group by user_type`.execute(
    ctx.em.getKysely(),
  );
  const counts = new Map(rows.map(({ type, count }) => [type, Number(count)]));
  return {
    users: [...counts.values()].reduce((sum, count) => sum + count, 0),
    buyers: counts.get('BUYER') ?? 0,
    dealers: counts.get('DEALER') ?? 0,
  };
}

async function vehicleFigures(ctx: Ctx): Promise<Partial<AdminDashboard>> {
  const { rows } = await sql<{ status: VehicleStatus; count: number | string }>`
    select status, count(*) as count from vehicles group by status`.execute(ctx.em.getKysely());
  const counts = new Map(rows.map(({ status, count }) => [status, Number(count)]));
  const statuses = Object.values(VehicleStatus);
  return { vehiclesByStatus: statuses.map((status) => ({ status, count: counts.get(status) ?? 0 })) };
}

async function negotiationFigures(ctx: Ctx): Promise<Partial<AdminDashboard>> {
  const active = standsAt('ACTIVE', ctx.clock.now());
  return { negotiationsActive: await countRows(ctx, negotiationShape, [active]) };
}

async function agreementFigures(ctx: Ctx): Promise<Partial<AdminDashboard>> {
  const to = dayOf(ctx.clock.now());
  const agreements = partsOf(
    { from: daysAfter(to, 1 - DAYS), to },
    await lastCountedDay(ctx),
    (days) => sql`select m.agreements, m.agreed_value from market_days as m
      where m.day >= ${days.from} and m.day <= ${days.to}`,
    (days) => sql`select o.agreements, o.agreed_value
      from (${figuresFromRows(ctx.em, ['agreements'], days)}) as o`,
  );
  const { rows } = await sql<{ count: number | string; value: number | string }>`
    select coalesce(sum(f.agreements), 0) as count, coalesce(sum(f.agreed_value), 0) as value
    from (${sql.join(agreements, sql` union all `)}) as f`.execute(ctx.em.getKysely());
  return {
    agreementsLast30Days: Number(rows[0]?.count),
    agreedValueLast30Days: Number(rows[0]?.value),
  };
}
