import { sql } from 'kysely';
import { requireType } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import { type ForwardPageArgs, type ListOrder, type Page, readPage } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { type Condition, countRows, type Row, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import { containing, InputCheck, textLimits } from '../../kernel/text.js';
import type { Dealer } from './dealer.entity.js';
import type { DealerFilter } from './dealer.inputs.js';
import { dealerShape } from './dealer.shapes.js';

const BY_NAME: ListOrder = { name: 'NAME', by: ['businessName'] };
const BY_WAITING: ListOrder = { name: 'WAITING', by: ['submittedAt'] };

/** Closed ones are few: the indexes of the orders serve, and leave those out as they meet them. */
const IN_BUSINESS = sql`r.closed_at is null`;

const AWAITING_REVIEW = [sql`r.verification_status = 'PENDING'`, IN_BUSINESS];

/** A page of dealers by business name. */
export function readDealers(
  ctx: Ctx,
  filter: DealerFilter | null | undefined,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<Page<Row<Dealer>>> {
  return readPage(ctx, dealerShape, {
    list: 'dealers',
    order: BY_NAME,
    where: conditionsOf(filter ?? {}),
    args,
    selection,
  });
}

/** A page of the dealers that wait to be checked, who waits longest first. For admins. */
export async function readDealersAwaitingReview(
  ctx: Ctx,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<Page<Row<Dealer>>> {
  requireType(ctx, 'ADMIN');
  return readPage(ctx, dealerShape, {
    list: 'dealersAwaitingReview',
    order: BY_WAITING,
    where: AWAITING_REVIEW,
    args,
    selection,
  });
}

/** How many dealers wait to be checked. */
export function countDealersAwaitingReview(ctx: Pick<Ctx, 'em'>): Promise<number> {
  return countRows(ctx, dealerShape, AWAITING_REVIEW);
}

/** The dealer with this id, whoever asks; null where there is none, or where it has closed. */
export async function readDealer(ctx: Ctx, id: string, selection: Selection): Promise<Row<Dealer> | null> {
  if (!isUuid(id)) return null;
  const [dealer] = await readRows(ctx, dealerShape, selection, { where: [sql`r.id = ${id}`, IN_BUSINESS] });
  return dealer ?? null;
}

/** The viewer's own dealership; null before it is registered. */
export async function readMyDealer(ctx: Ctx, selection: Selection): Promise<Row<Dealer> | null> {
  const viewer = requireType(ctx, 'DEALER');
  const where = [sql`r.user_id = ${viewer.id}`, IN_BUSINESS];
  const [dealer] = await readRows(ctx, dealerShape, selection, { where });
  return dealer ?? null;
}

/** SQL: the id of this account's dealership, to compare a `dealer_id` with. */
export function dealerIdsOfUser(userId: string): Condition {
  return sql`(select d.id from dealers as d where d.user_id = ${userId})`;
}

/** SQL: the ids of the dealers of a state, whatever its case. */
export function dealerIdsInState(state: string): Condition {
  return sql`(select d.id from dealers as d where lower(d.state) = lower(${state}))`;
}

function conditionsOf(filter: DealerFilter): Condition[] {
  const check = new InputCheck();
  const search = check.optional('search', filter.search, textLimits.name);
  const state = check.optional('state', filter.state, textLimits.name);
  const city = check.optional('city', filter.city, textLimits.name);
  check.done();

  // Both sides are folded by the database: SQLite knows only the case of ASCII, and a text must always find itself.
  const where: Condition[] = [IN_BUSINESS];
  if (search !== null) where.push(sql`lower(r.business_name) like lower(${containing(search)}) escape '\\'`);
  if (state !== null) where.push(sql`lower(r.state) = lower(${state})`);
  if (city !== null) where.push(sql`lower(r.city) = lower(${city})`);
  if (filter.verifiedOnly) where.push(sql`r.verification_status = 'VERIFIED'`);
  return where;
}
