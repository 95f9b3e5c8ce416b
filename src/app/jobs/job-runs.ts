import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import type { Clock, Job, JobWatcher, Logger } from '../../kernel/ports.js';
import { reasonOf } from '../../kernel/reasons.js';

/** Jobs that do nothing every few seconds must not cost a commit each: what became of all of them is written together. */
const WRITTEN_EVERY_MS = 10_000;

/** Whoever has just started a server, and asks what it will do, is told soon. */
const FIRST_WRITTEN_AFTER_MS = 1_000;

/** What is to be written of a job. What this process knows nothing of is null, and stays as it is. */
interface Note {
  readonly everyMs: number;
  startedAt: number | null;
  finishedAt: number | null;
  durationMs: number | null;
  count: number | null;
  error: string | null;
  errorAt: number | null;
  failures: number | null;
  nextRunAt: number | null;
  /** Whether that run comes off without this process. */
  isShared: boolean;
  /** Since it was written last. */
  runs: number;
  done: number;
}

/** Keeps the table `job_runs`: gathered in memory, written now and then, at once after a failure, and at the end. */
export class JobRuns implements JobWatcher {
  private readonly notes = new Map<string, Note>();
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_WRITTEN_AFTER_MS;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly makeCtx: () => Pick<Ctx, 'em'>,
  ) {}

  planned(job: Job<never>, inMs: number, isShared = false): void {
    this.note(job, { nextRunAt: this.now() + inMs, isShared });
  }

  began(job: Job<never>): void {
    this.note(job, { startedAt: this.now() });
  }

  succeeded(job: Job<never>, { ms, count }: { ms: number; count: number }): void {
    const note = this.note(job, { finishedAt: this.now(), durationMs: ms, count, failures: 0 });
    note.runs += 1;
    note.done += count;
  }

  failed(job: Job<never>, { ms, error, failures }: { ms: number; error: unknown; failures: number }): void {
    const now = this.now();
    const failure = { error: reasonOf(error), errorAt: now, failures };
    this.note(job, { finishedAt: now, durationMs: ms, ...failure }).runs += 1;
    void this.write();
  }

  /** Nobody has planned any more what this process alone had. */
  async close(): Promise<void> {
    await this.write();
    const ours = [...this.notes.values()].filter(({ isShared }) => !isShared);
    const planned = ours.flatMap(({ nextRunAt }) => nextRunAt ?? []);
    if (planned.length === 0) return;
    await this.orWarn(async () => {
      await sql`update job_runs set next_run_at = null where next_run_at in (${sql.join(planned)})`.execute(
        this.makeCtx().em.getKysely(),
      );
    });
  }

  /** Writes what has changed; resolves when it is there, or has failed and waits for the next time. */
  write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pauseMs = WRITTEN_EVERY_MS;
    this.writing = this.writing.then(() => this.writeChanged());
    return this.writing;
  }

  private note(job: Job<never>, news: Partial<Note>): Note {
    const known = this.notes.get(job.name) ?? unknown(job.everyMs);
    this.notes.set(job.name, Object.assign(known, news));
    this.changed.add(job.name);
    this.timer ??= setTimeout(() => void this.write(), this.pauseMs).unref();
    return known;
  }

  private async writeChanged(): Promise<void> {
    // By name, as every process does, so that no two wait for each other.
    const names = [...this.changed].sort();
    if (names.length === 0) return;
    this.changed.clear();
    const rows = names.map((name) => ({ name, ...(this.notes.get(name) as Note) }));
    const isWritten = await this.orWarn(() => upsert(this.makeCtx(), rows));
    for (const { name, runs, done, errorAt } of rows) {
      const note = this.notes.get(name) as Note;
      if (isWritten) Object.assign(note, { runs: note.runs - runs, done: note.done - done });
      else this.changed.add(name);
      // Told once: by the next time another process may have told of a later one.
      if (isWritten && note.errorAt === errorAt) Object.assign(note, { error: null, errorAt: null });
    }
  }

  /** A database that is away is told of by the jobs themselves. */
  private async orWarn(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.log.warn({ err: error }, 'what became of the jobs could not be written down');
      return false;
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function unknown(everyMs: number): Note {
  return {
    everyMs,
    startedAt: null,
    finishedAt: null,
    durationMs: null,
    count: null,
    error: null,
    errorAt: null,
    failures: null,
    nextRunAt: null,
    isShared: false,
    runs: 0,
    done: 0,
  };
}

const KEPT = [
  'last_started_at',
  'last_finished_at',
  'last_duration_ms',
  'last_count',
  'last_error',
  'last_error_at',
  'failures',
  'next_run_at',
] as const;

async function upsert({ em }: Pick<Ctx, 'em'>, rows: ReadonlyArray<Note & { name: string }>): Promise<void> {
  const values = rows.map(
    (run) => sql`(${run.name}, ${run.everyMs}, ${run.runs}, ${run.done}, ${run.startedAt}, ${run.finishedAt},
      ${run.durationMs}, ${run.count}, ${run.error}, ${run.errorAt}, ${run.failures}, ${run.nextRunAt})`,
  );
  const kept = KEPT.map((column) => {
    const name = sql.ref(column);
    return sql`${name} = coalesce(excluded.${name}, job_runs.${name})`;
  });
  await sql`insert into job_runs (name, every_ms, runs, done, ${sql.join(KEPT.map((column) => sql.ref(column)))})
    values ${sql.join(values)} on conflict (name) do update set every_ms = excluded.every_ms,
    runs = job_runs.runs + excluded.runs, done = job_runs.done + excluded.done, ${sql.join(kept)}`.execute(
    em.getKysely(),
  );
}
