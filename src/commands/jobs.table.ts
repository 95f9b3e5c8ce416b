import type { JobRun } from '../app/jobs/job-run.entity.js';

export interface ListedJob {
  readonly job: { readonly name: string; readonly everyMs: number };
  readonly run: JobRun | null;
}

/** As wide as the table gets. */
const WIDTH = 120;

/** A run that was begun and has not been heard of for so long: its process is gone. */
const LOST_AFTER_MS = 60 * 60_000;

/** Rows are written every 10 s: what was to come in the meantime has come, mostly, and is planned anew. */
const BEHIND_MS = 15_000;

type Column = readonly [title: string, width: number, cell: (listed: ListedJob, now: Date) => string];

const COLUMNS: readonly Column[] = [
  ['JOB', 26, ({ job }) => job.name],
  ['EVERY', 8, ({ job }) => spanOf(job.everyMs)],
  ['LAST RUN', 15, ({ run }, now) => lastRunOf(run, now)],
  ['TOOK', 8, ({ run }) => (run?.lastDurationMs == null ? '–' : spanOf(run.lastDurationMs))],
  ['DID', 8, ({ run }) => String(run?.lastCount ?? '–')],
  ['RUNS', 10, ({ run }) => String(run?.runs ?? 0)],
  ['IN ALL', 10, ({ run }) => String(run?.done ?? 0)],
  ['NEXT RUN', 15, ({ run }, now) => nextRunOf(run, now)],
  ['FAILED', 7, ({ run }) => (run?.failures ? `${run.failures} ×` : '–')],
];

/** The jobs by name, a line each, and below it the error of one that failed last. */
export function tableOfJobs(jobs: readonly ListedJob[], now: Date): string {
  const sorted = [...jobs].sort((one, other) => (one.job.name < other.job.name ? -1 : 1));
  const lines = [lineOf(COLUMNS.map(([title, width]) => [title, width]))];
  for (const listed of sorted) {
    lines.push(lineOf(COLUMNS.map(([, width, cell]) => [cell(listed, now), width])));
    const { lastError = null, lastErrorAt = null } = listed.run ?? {};
    if (lastError !== null && lastErrorAt !== null) {
      lines.push(cut(`  error ${agoOf(lastErrorAt, now)}: ${lastError}`, WIDTH));
    }
  }
  return lines.join('\n');
}

function lineOf(cells: ReadonlyArray<readonly [text: string, width: number]>): string {
  return cells
    .map(([text, width]) => cut(text, width - 1).padEnd(width))
    .join('')
    .trimEnd();
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1).toWellFormed()}…`;
}

function lastRunOf(run: JobRun | null, now: Date): string {
  if (!run?.lastStartedAt) return 'never';
  const { lastStartedAt: begun, lastFinishedAt: ended } = run;
  if (ended && ended >= begun) return agoOf(ended, now);
  return now.getTime() - begun.getTime() < LOST_AFTER_MS ? 'running' : `lost ${agoOf(begun, now)}`;
}

function nextRunOf(run: JobRun | null, now: Date): string {
  if (!run?.nextRunAt) return 'not planned';
  const ms = run.nextRunAt.getTime() - now.getTime();
  if (ms < -BEHIND_MS) return `due ${spanOf(-ms)} ago`;
  return ms > 0 ? `in ${spanOf(ms)}` : 'now';
}

function agoOf(at: Date, now: Date): string {
  return `${spanOf(Math.max(0, now.getTime() - at.getTime()))} ago`;
}

const UNITS = [
  ['d', 24 * 60 * 60_000],
  ['h', 60 * 60_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A span in its largest unit of which there are two, or one exactly. */
function spanOf(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= 2 * size || ms === size) ?? ['ms', 1];
  return `${Math.round(ms / size)} ${unit}`;
}
