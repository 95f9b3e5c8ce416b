import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { Tx } from '../../../kernel/unit-of-work.js';
import { BulkUpload } from './bulk-upload.entity.js';

/** Far longer than a batch takes: a process that is silent for so long is taken for dead, and another takes over. */
const LEASE_MS = 60_000;

/** An upload that this process reads, and until when nobody else will. */
export interface Held {
  readonly id: string;
  readonly dealerId: string;
  readonly key: string | null;
  readonly dryRun: boolean;
  readonly publish: boolean;
  readonly receivedAt: Date;
  /** Rows that were read before, by whomever. */
  readonly rowsBefore: number;
  /** Names the holder too: who takes over takes a later moment. Changed by its holder with each batch. */
  until: Date;
}

/** Another process has taken over: what was decided here must not be written. */
export class LeaseLost extends Error {
  constructor() {
    super('Another process reads this upload now.');
    this.name = 'LeaseLost';
  }
}

export function renewed(ctx: Pick<Ctx, 'clock'>): Date {
  return new Date(ctx.clock.now().getTime() + LEASE_MS);
}

/**
 * Takes the upload that waits for the longest, one of a dealer at a time, for this process. One statement decides: who
 * comes second finds it taken.
 */
export async function takeUpload(ctx: Ctx): Promise<Held | null> {
  const now = ctx.clock.now().getTime();
  const until = renewed(ctx);
  const { rows } = await sql<{ id: string }>`
    update bulk_uploads set status = 'RUNNING', leased_until = ${until.getTime()}, updated_at = ${now}
    where (leased_until is null or leased_until <= ${now}) and status in ('QUEUED', 'RUNNING') and id = (
      select b.id from bulk_uploads as b
      where b.status in ('QUEUED', 'RUNNING') and (b.leased_until is null or b.leased_until <= ${now})
        and not exists (
          select 1 from bulk_uploads as o
          where o.dealer_id = b.dealer_id and o.status in ('QUEUED', 'RUNNING')
            and (o.created_at, o.id) < (b.created_at, b.id)
        )
      order by b.created_at, b.id limit 1
    ) returning id`.execute(ctx.em.getKysely());
  const taken = rows[0] && (await ctx.em.fork().findOne(BulkUpload, rows[0].id));
  if (!taken) return null;
  const { id, key, dryRun, publish, createdAt: receivedAt, totalRows: rowsBefore } = taken;
  return { id, dealerId: taken.dealer.id, key, dryRun, publish, receivedAt, rowsBefore, until };
}

/** The row of an upload under its lock, if it is still held. @throws LeaseLost */
export async function heldUpload(tx: Tx, held: Held): Promise<BulkUpload> {
  const upload = await tx.em.findOne(BulkUpload, held.id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (upload?.leasedUntil?.getTime() !== held.until.getTime()) throw new LeaseLost();
  return upload;
}

/** Gives it back as it is, for whoever looks next: this process is about to end. */
export async function giveBack(ctx: Ctx, held: Held): Promise<void> {
  await sql`update bulk_uploads set leased_until = ${ctx.clock.now().getTime()}
    where id = ${held.id} and leased_until = ${held.until.getTime()}`.execute(ctx.em.getKysely());
}
