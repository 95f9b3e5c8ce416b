import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { JobRun } from '../../../src/app/jobs/job-run.entity.js';
import { JobRuns } from '../../../src/app/jobs/job-runs.js';
import { jobsCommand } from '../../../src/commands/jobs.js';
import type { Job } from '../../../src/kernel/ports.js';
import { databaseKinds, testLog, testSecret, useApp } from '../../support/app.js';
import { called } from '../../support/commands.js';

const HOUR = 3_600_000;

describe.each(databaseKinds)('what became of jobs on %s', (kind) => {
  const app = useApp(kind);
  const job = (name: string): Job<never> => ({ name, everyMs: HOUR, run: async () => 0 });
  const keeper = () => new JobRuns(app.clock, testLog, app.system.makeCtx);
  const ours = (statement: string) => statement.includes('job_runs');
  const rowOf = (name: string) => app.orm.em.fork().findOne(JobRun, { name });

  it('is written together, and not at each run', async () => {
    const runs = keeper();
    const [one, other] = [job('one'), job('other')];
    const beforehand = await app.statements(async () => {
      for (let i = 0; i < 100; i++) {
        runs.began(one);
        runs.succeeded(one, { ms: 3, count: i === 0 ? 7 : 0 });
        runs.planned(one, 2_000);
      }
      runs.planned(other, 5_000);
    });
    expect(beforehand.filter(ours)).toEqual([]);
    expect((await app.statements(() => runs.write())).filter(ours)).toHaveLength(1);
    expect((await app.statements(() => runs.write())).filter(ours)).toEqual([]);
    const now = app.clock.now();
    expect(await rowOf('one')).toEqual({
      name: 'one',
      everyMs: HOUR,
      lastStartedAt: now,
      lastFinishedAt: now,
      lastDurationMs: 3,
      lastCount: 0,
      lastError: null,
      lastErrorAt: null,
      failures: 0,
      nextRunAt: new Date(now.getTime() + 2_000),
      runs: 100,
      done: 7,
    });
    expect(await rowOf('other')).toMatchObject({ lastStartedAt: null, failures: null, runs: 0, done: 0 });
    await runs.close();
  });

  it('is told soon by a process that has just begun, though nothing has run yet', async () => {
    const runs = keeper();
    runs.planned(job('to come'), 60_000);
    const nextRunAt = new Date(app.clock.now().getTime() + 60_000);
    await vi.waitFor(async () => expect(await rowOf('to come')).toMatchObject({ nextRunAt, runs: 0 }), 5_000);
    await runs.close();
  });

  it('adds up over processes, and keeps what a new one knows nothing of', async () => {
    const first = keeper();
    const work = job('shared');
    first.failed(work, { ms: 5, error: new Error('the first failed'), failures: 2 });
    await first.close();
    const second = keeper();
    second.planned(work, 1_000);
    await second.write();
    const failed = { lastError: 'the first failed', failures: 2, lastDurationMs: 5, runs: 1 };
    expect(await rowOf('shared')).toMatchObject(failed);
    second.succeeded(work, { ms: 6, count: 4 });
    await second.write();
    expect(await rowOf('shared')).toMatchObject({
      ...failed,
      lastDurationMs: 6,
      lastCount: 4,
      failures: 0,
      runs: 2,
      done: 4,
    });
    await second.close();
  });

  it('keeps the last error of all processes, whichever of them writes next', async () => {
    const [first, second] = [keeper(), keeper()];
    const work = job('failing in turns');
    first.failed(work, { ms: 1, error: new Error('the earlier one'), failures: 1 });
    await first.write();
    app.clock.advance(1_000);
    second.failed(work, { ms: 1, error: new Error('the later one'), failures: 1 });
    await second.close();
    first.succeeded(work, { ms: 1, count: 0 });
    await first.close();
    expect(await rowOf('failing in turns')).toMatchObject({
      lastError: 'the later one',
      lastErrorAt: app.clock.now(),
      failures: 0,
      runs: 3,
    });
  });

  it('is written at once after a failure, without secrets', async () => {
    const runs = keeper();
    const error = new Error('postgresql://app:s3cret@db/cars refused bea@example.com');
    runs.failed(job('failing'), { ms: 5, error, failures: 1 });
    await runs.write();
    const row = await rowOf('failing');
    expect(row).toMatchObject({ lastError: '… refused …', lastErrorAt: app.clock.now(), failures: 1 });
    await runs.close();
  });

  it('is kept for later while the database is away, and none of it is counted twice', async () => {
    let isAway = true;
    const makeCtx = () => {
      if (isAway) throw new Error('away');
      return app.system.makeCtx();
    };
    const runs = new JobRuns(app.clock, testLog, makeCtx);
    const work = job('patient');
    runs.succeeded(work, { ms: 1, count: 2 });
    await runs.write();
    runs.succeeded(work, { ms: 1, count: 3 });
    expect(await rowOf('patient')).toBeNull();
    isAway = false;
    await runs.close();
    expect(await rowOf('patient')).toMatchObject({ runs: 2, done: 5 });
  });

  it('says that nothing is planned once the process that had planned it has ended', async () => {
    const [ending, staying] = [keeper(), keeper()];
    const [one, other] = [job('ended'), job('taken over')];
    ending.planned(one, 60_000);
    ending.planned(other, 61_000);
    await ending.write();
    staying.planned(other, 90_000);
    await staying.write();
    await ending.close();
    expect(await rowOf('ended')).toMatchObject({ nextRunAt: null });
    const planned = new Date(app.clock.now().getTime() + 90_000);
    expect(await rowOf('taken over')).toMatchObject({ nextRunAt: planned });
    await staying.close();
  });

  it('says what a queue has planned after the process that ran it has ended', async () => {
    const ending = keeper();
    const [shared, own] = [job('shared with others'), job('its own')];
    ending.planned(shared, 60_000, true);
    ending.planned(own, 61_000);
    await ending.close();
    const planned = new Date(app.clock.now().getTime() + 60_000);
    expect(await rowOf('shared with others')).toMatchObject({ nextRunAt: planned });
    expect(await rowOf('its own')).toMatchObject({ nextRunAt: null });
  });

  it('is of jobs that all stand in docs/jobs.md, each under a name of its own', () => {
    const names = app.system.jobs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const page = readFileSync('docs/jobs.md', 'utf8');
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  describe('npm run jobs', () => {
    const run = (...args: string[]) => {
      const { databaseUrl: DATABASE_URL } = app.system.config;
      return called(jobsCommand, args, { NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}`, DATABASE_URL });
    };

    it('lists every job of the rooms, in 120 columns', async () => {
      const { code, out, err } = await run();
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const lines = out.trimEnd().split('\n');
      for (const { name } of app.system.jobs)
        expect(lines.some((line) => line.startsWith(`${name} `))).toBe(true);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
      expect(lines.slice(1)).toEqual([...lines.slice(1)].sort());
    });

    it('runs one here and now, and writes that down', async () => {
      const { id } = await app.build.negotiation();
      const db = app.orm.em.fork().getKysely();
      await sql`update negotiations set expires_at = 1 where id = ${id}`.execute(db);
      const { code, out } = await run('lapse-offers');
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/^lapse-offers did 1 in \d+ ms\.\n$/),
      });
      expect(await rowOf('lapse-offers')).toMatchObject({ lastCount: 1, failures: 0, runs: 1, done: 1 });
      expect((await run()).out).toMatch(/^lapse-offers .* 1 +1 +not planned +–$/m);
    });

    it.each([
      [['no-such-job'], 1, 'There is no job no-such-job. npm run jobs lists them.\n'],
      [['flush-views'], 1, 'Each server does flush-views for itself: nobody can do it from outside.\n'],
      [['--all'], 2, expect.stringContaining('Usage: npm run jobs [-- NAME]')],
      [['a', 'b'], 2, expect.stringContaining('Usage: npm run jobs [-- NAME]')],
    ])('refuses %j', async (args, code, err) => {
      expect(await run(...args)).toEqual({ code, out: '', err });
    });
  });
});

describe('npm run jobs', () => {
  it('changes no database that it looks at', async () => {
    const DATABASE_URL = 'sqlite::memory:';
    const env = { NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}`, DATABASE_URL };
    expect(await called(jobsCommand, [], env)).toEqual({
      code: 1,
      out: '',
      err: 'The database is not of the newest schema: npm run migrate.\n',
    });
  });
});
