import { describe, expect, it } from 'vitest';
import type { JobRun } from '../../../src/app/jobs/job-run.entity.js';
import { tableOfJobs } from '../../../src/commands/jobs.table.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

const RUN: JobRun = {
  name: 'x',
  everyMs: 5_000,
  lastStartedAt: ago(4),
  lastFinishedAt: ago(3),
  lastDurationMs: 41,
  lastCount: 2,
  lastError: null,
  lastErrorAt: null,
  failures: 0,
  nextRunAt: ago(-2),
  runs: 1_000,
  done: 17,
};

function table(...runs: Array<[name: string, everyMs: number, run: Partial<JobRun> | null]>): string[] {
  const jobs = runs.map(([name, everyMs, run]) => ({
    job: { name, everyMs },
    run: run && { ...RUN, ...run },
  }));
  return tableOfJobs(jobs, NOW).split('\n');
}

describe('the table of jobs', () => {
  it('tells of each what an operator asks', () => {
    expect(
      table(
        ['send-mails', 2_000, {}],
        ['rate-market', 5_000, { lastStartedAt: ago(1) }],
        ['lapse-offers', 5_000, { failures: 3, lastError: 'no', lastErrorAt: ago(130) }],
        ['sweep-avatars', 21_600_000, null],
        ['sweep-photos', 21_600_000, { lastStartedAt: ago(7_300), lastFinishedAt: ago(90_000) }],
        ['sweep-mails', 3_600_000, { nextRunAt: null, lastFinishedAt: ago(172_800) }],
        [
          'tell-price-drops',
          5_000,
          { nextRunAt: ago(300), lastStartedAt: ago(400), lastFinishedAt: ago(400) },
        ],
        ['warn-expiring', 5_000, { nextRunAt: ago(1.844) }],
      ),
    ).toEqual([
      'JOB                       EVERY   LAST RUN       TOOK    DID     RUNS      IN ALL    NEXT RUN       FAILED',
      'lapse-offers              5 s     3 s ago        41 ms   2       1000      17        in 2 s         3 ×',
      '  error 2 min ago: no',
      'rate-market               5 s     running        41 ms   2       1000      17        in 2 s         –',
      'send-mails                2 s     3 s ago        41 ms   2       1000      17        in 2 s         –',
      'sweep-avatars             6 h     never          –       –       0         0         not planned    –',
      'sweep-mails               1 h     running        41 ms   2       1000      17        not planned    –',
      'sweep-photos              6 h     lost 2 h ago   41 ms   2       1000      17        in 2 s         –',
      'tell-price-drops          5 s     7 min ago      41 ms   2       1000      17        due 5 min ago  –',
      'warn-expiring             5 s     3 s ago        41 ms   2       1000      17        now            –',
    ]);
  });

  it('is never wider than 120 columns', () => {
    const lines = table([
      'a-job-with-a-name-that-nobody-would-give-it',
      86_400_000,
      { lastError: 'x'.repeat(500), lastErrorAt: NOW, runs: 123_456_789_012, done: 123_456_789_012 },
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
    expect(lines[2]).toMatch(/x…$/);
  });
});
