import { LockMode } from '@mikro-orm/core';
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { countOf, inBatches, resultOf } from '../../kernel/jobs.js';
import { isPostgres } from '../../kernel/json-rows.js';
import type { JobResult } from '../../kernel/ports.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { Vehicle } from '../vehicles/index.js';
import { type Deal, dealsOf, lockDeal, placeOf } from './deal.js';
import { Negotiation } from './negotiation.entity.js';

/** Something that time does to negotiations. */
export interface Due {
  /** When it is time, and for which: together the index that finds them. */
  readonly at: 'expires_at' | 'hold_expires_at' | 'warn_at';
  readonly among: (now: number) => RawBuilder<unknown>;
  /** Looks again, under the locks, and does it. False where there is nothing to do any more. */
  readonly settle: (tx: Tx, deal: Deal, now: Date) => Promise<boolean>;
}

/** Settled in one transaction. On SQLite everybody else waits for it, some 30 ms: see docs/jobs.md. */
const TOGETHER = 25;

/**
 * How long one waits for what somebody else holds, and a batch for what it passes nobody over for: the inboxes. A process
 * that is cut off may hold it for hours. Ours.
 */
const PATIENCE_MS = 300;
const PATIENCE_TOGETHER_MS = 2_000;

/** Found by one statement. */
const PAGE = 500;

/**
 * Settles what is due, in batches, for as long as a run lasts. Any number of processes may be at it: each negotiation is
 * looked at again under its locks, and what another one holds is passed over first and waited for at the end, for a
 * moment, where it is still due then and nobody wants the server to stop.
 */
export async function settleDue(ctx: Ctx, due: Due, stopping?: AbortSignal): Promise<JobResult> {
  const queue = new DueQueue(ctx, due);
  const passedOver: string[] = [];
  const result = await inBatches(async () => {
    const ids = await queue.take(TOGETHER);
    const { count, held } = await settleBatch(ctx, due, ids);
    passedOver.push(...held);
    return { count, isFull: ids.length === TOGETHER };
  }, stopping);
  const late = await settleLate(ctx, due, passedOver, stopping);
  return resultOf(countOf(result) + late, typeof result !== 'number');
}

/** In the order of their time. None is met twice in a run: what cannot be settled keeps nobody waiting. */
class DueQueue {
  private page: string[] = [];
  private after: { at: number; id: string } | null = null;
  private isRead = false;

  constructor(
    private readonly ctx: Ctx,
    private readonly due: Due,
  ) {}

  async take(count: number): Promise<string[]> {
    if (this.page.length === 0 && !this.isRead) await this.read();
    return this.page.splice(0, count);
  }

  private async read(): Promise<void> {
    const { ctx, due, after } = this;
    const at = sql.ref(due.at);
    const behind = after ? sql`and (${at}, id) > (${after.at}, ${after.id})` : sql``;
    const { rows } = await sql<{ id: string; at: number | string }>`
      select id, ${at} as at from negotiations where ${isDue(ctx, due)} ${behind}
      order by ${at}, id limit ${PAGE}`.execute(ctx.em.getKysely());
    const last = rows.at(-1);
    if (last) this.after = { at: Number(last.at), id: last.id };
    this.isRead = rows.length < PAGE;
    this.page = rows.map(({ id }) => id);
  }
}

function isDue({ clock }: Ctx, due: Due): RawBuilder<unknown> {
  const now = clock.now().getTime();
  return sql`${due.among(now)} and ${sql.ref(due.at)} <= ${now}`;
}

/** Each may have to be waited for: no more of them in a run than a batch has. The next run meets the others. */
async function settleLate(
  ctx: Ctx,
  due: Due,
  passedOver: readonly string[],
  stopping?: AbortSignal,
): Promise<number> {
  return settleEach(ctx, due, await stillDue(ctx, due, passedOver.slice(0, TOGETHER)), stopping);
}

async function stillDue(ctx: Ctx, due: Due, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from negotiations where ${isDue(ctx, due)} and id in (${sql.join([...ids])}) order by id`.execute(
    ctx.em.getKysely(),
  );
  return rows.map(({ id }) => id);
}

interface Batch {
  readonly count: number;
  /** What somebody else holds. */
  readonly held: readonly string[];
}

async function settleBatch(ctx: Ctx, due: Due, ids: readonly string[]): Promise<Batch> {
  if (ids.length === 0) return { count: 0, held: [] };
  try {
    return await settleTogether(ctx, due, ids);
  } catch (error) {
    // Without a database there is nothing to try one by one: then this rejects, and with it the run.
    await sql`select 1`.execute(ctx.em.getKysely());
    const details = { err: error };
    if (isHeld(error)) ctx.log.info(details, 'due negotiations are settled one by one: somebody holds some');
    else ctx.log.warn(details, 'due negotiations are settled one by one');
    return { count: await settleEach(ctx, due, ids), held: [] };
  }
}

function settleTogether(ctx: Ctx, due: Due, ids: readonly string[]): Promise<Batch> {
  return write(ctx, async (tx) => {
    await beImpatient(tx, PATIENCE_TOGETHER_MS);
    const deals = await lockFree(tx, ids);
    const now = tx.clock.now();
    let count = 0;
    for (const deal of deals) if (await due.settle(tx, deal, now)) count += 1;
    const taken = new Set(deals.map(({ negotiation }) => negotiation.id));
    return { count, held: ids.filter((id) => !taken.has(id)) };
  });
}

/** Until the transaction ends. On SQLite the busy timeout does it. */
async function beImpatient({ em }: Tx, ms: number): Promise<void> {
  if (isPostgres(em))
    await sql`select set_config('lock_timeout', ${String(ms)}, true)`.execute(em.getKysely());
}

/** PostgreSQL's lock_not_available: what was waited for did not come free in time. Nothing is wrong; the next run looks again. */
function isHeld(error: unknown): boolean {
  return (error as { code?: unknown }).code === '55P03';
}

/** Those whose vehicle and row nobody else has: locked in the one order, the vehicles first, all by id. */
async function lockFree(tx: Tx, ids: readonly string[]): Promise<Deal[]> {
  const { rows } = await sql<{ vehicle_id: string }>`
    select distinct vehicle_id from negotiations where id in (${sql.join([...ids])})`.execute(
    tx.em.getKysely(),
  );
  const byId = { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE } as const;
  const vehicles = await tx.em.find(Vehicle, { id: { $in: rows.map((row) => row.vehicle_id) } }, byId);
  const free = { id: { $in: [...ids] }, vehicle: { $in: vehicles.map(({ id }) => id) } };
  return dealsOf(tx, await tx.em.find(Negotiation, free, byId), vehicles);
}

/** One that cannot be settled must not keep the others waiting; the next run meets it again. */
async function settleEach(
  ctx: Ctx,
  due: Due,
  ids: readonly string[],
  stopping?: AbortSignal,
): Promise<number> {
  let count = 0;
  for (const id of ids) {
    if (stopping?.aborted) break;
    const settled = await settleOne(ctx, due, id).catch((error: unknown) => {
      const details = { err: error, negotiation: id };
      if (isHeld(error)) ctx.log.info(details, 'a due negotiation is held by somebody else');
      else ctx.log.error(details, 'a due negotiation could not be settled');
      return false;
    });
    if (settled) count += 1;
  }
  return count;
}

function settleOne(ctx: Ctx, due: Due, id: string): Promise<boolean> {
  return write(ctx, async (tx) => {
    await beImpatient(tx, PATIENCE_MS);
    const place = await placeOf(tx, id);
    return place ? due.settle(tx, await lockDeal(tx, id, place), tx.clock.now()) : false;
  });
}
