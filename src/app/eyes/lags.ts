import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { inTime, withDeadline } from '../../kernel/deadline.js';
import type { Logger } from '../../kernel/ports.js';

/** What is due and not done, of all nodes together. Ages are milliseconds, 0 where nothing waits. */
export interface Lags {
  readonly mailsDue: number;
  readonly oldestMailMs: number;
  readonly mailsFailed: number;
  readonly offersOverdueMs: number;
  readonly holdsOverdueMs: number;
  readonly listingsToMatch: number;
  readonly oldestPriceDropMs: number;
  readonly oldestUploadMs: number;
  readonly jobs: ReadonlyArray<{
    readonly name: string;
    readonly overdueMs: number;
    readonly failures: number;
  }>;
}

/** However often somebody asks. Ours. */
const READ_EVERY_MS = 15_000;

/** A database that does not answer must not hold up the other metrics. */
const PATIENCE_MS = 2_000;

/** Whoever has more of them than this has trouble enough: counting on would be work for the database. */
const COUNTED = 10_000;

/** Reads the lags at most every 15 s, once for all who ask at the same time; null while the database does not answer. */
export class LagReader {
  private known: Promise<Lags | null> | undefined;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly makeCtx: () => Ctx,
    private readonly log: Logger,
    private readonly everyMs = READ_EVERY_MS,
  ) {}

  read(): Promise<Lags | null> {
    const now = performance.now();
    if (!this.known || now - this.readAt >= this.everyMs) {
      this.readAt = now;
      this.known = withDeadline(PATIENCE_MS, () => inTime(readLags(this.makeCtx()))).catch(
        (error: unknown) => {
          this.log.warn({ err: error }, 'the lags could not be read for the metrics');
          return null;
        },
      );
    }
    return this.known;
  }
}

interface LagRow {
  readonly mails_due: number | string;
  readonly oldest_mail: number | string | null;
  readonly mails_failed: number | string;
  readonly first_offer: number | string | null;
  readonly first_hold: number | string | null;
  readonly listings: number | string;
  readonly oldest_drop: number | string | null;
  readonly oldest_upload: number | string | null;
}

/** Two statements; each part of the first one reads the head of an index, or a bounded part of it. */
async function readLags(ctx: Ctx): Promise<Lags> {
  const db = ctx.em.getKysely();
  const now = ctx.clock.now().getTime();
  const { rows } = await sql<LagRow>`select
    (select count(*) from (select 1 as one from mails where status = 'QUEUED' and due_at <= ${now}
      limit ${COUNTED}) as due) as mails_due,
    (select min(due_at) from mails where status = 'QUEUED') as oldest_mail,
    (select count(*) from (select 1 as one from mails where status = 'FAILED' limit ${COUNTED}) as failed)
      as mails_failed,
    (select min(expires_at) from negotiations where status = 'ACTIVE') as first_offer,
    (select min(hold_expires_at) from negotiations where status = 'ACCEPTED') as first_hold,
    (select count(*) from (select 1 as one from vehicles where status = 'ACTIVE' and match_due is not null
      limit ${COUNTED}) as unmatched) as listings,
    (select min(created_at) from price_drops) as oldest_drop,
    (select min(created_at) from bulk_uploads where status = 'QUEUED') as oldest_upload`.execute(db);
  const jobs = await sql<{ name: string; next_run_at: number | string | null; failures: number }>`
    select name, next_run_at, failures from job_runs order by name`.execute(db);
  const row = rows[0] as LagRow;
  const since = (at: number | string | null) => (at === null ? 0 : Math.max(0, now - Number(at)));
  return {
    mailsDue: Number(row.mails_due),
    oldestMailMs: since(row.oldest_mail),
    mailsFailed: Number(row.mails_failed),
    offersOverdueMs: since(row.first_offer),
    holdsOverdueMs: since(row.first_hold),
    listingsToMatch: Number(row.listings),
    oldestPriceDropMs: since(row.oldest_drop),
    oldestUploadMs: since(row.oldest_upload),
    jobs: jobs.rows.map(({ name, next_run_at, failures }) => ({
      name,
      overdueMs: since(next_run_at),
      failures: Number(failures ?? 0),
    })),
  };
}
