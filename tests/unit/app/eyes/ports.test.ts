import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchedEvent } from '../../../../src/app/eyes/live-operations.js';
import { streamFigures, watchedLimits, watchedMailer, watchedRuns } from '../../../../src/app/eyes/ports.js';
import type { Job, JobWatcher, Letter, Mailer, RateLimits } from '../../../../src/kernel/ports.js';
import { InProcessJobs } from '../../../../src/platform/jobs/in-process-jobs.js';
import { Metrics } from '../../../../src/platform/metrics/metrics.js';
import { testLog } from '../../../support/app.js';
import { until } from '../../../support/live.js';
import { parseMetrics, sampleOf } from '../../../support/metrics.js';

const LETTER: Letter = { id: 'a', to: 'a@example.com', subject: 's', text: 't', html: 'h' };
const LIMIT = { name: 'a-rule', points: 1, durationMs: 1_000 };

describe('what is watched does what it did before, and is counted:', () => {
  let metrics: Metrics;
  const eyes = () => ({ metrics, tracing: null, close: async () => undefined });
  const value = async (name: string, labels?: Record<string, string>) =>
    sampleOf(parseMetrics(await metrics.text()), `carnegotiate_${name}`, labels);

  beforeEach(() => {
    metrics = new Metrics();
  });
  afterEach(() => metrics.close());

  it('jobs, those that go well and those that fail, by the runner that runs them', async () => {
    const told: string[] = [];
    const watcher: JobWatcher = {
      planned: () => undefined,
      began: ({ name }) => void told.push(`began ${name}`),
      succeeded: ({ name }, { count }) => void told.push(`${name} did ${count}`),
      failed: ({ name }, { failures }) => void told.push(`${name} failed ${failures}`),
    };
    const jobs: Job<null>[] = [
      { name: 'good', everyMs: 60_000, run: async () => 3 },
      {
        name: 'bad',
        everyMs: 60_000,
        run: async () => {
          throw new Error('it cannot');
        },
      },
    ];
    const runner = { makeContext: () => null, log: testLog, watcher: watchedRuns(eyes(), watcher) };
    const runs = new InProcessJobs(jobs, runner, () => 0);
    runs.start();
    await until('both to have run', () => told.length === 4);
    await runs.stop();
    expect(told.toSorted()).toEqual(['bad failed 1', 'began bad', 'began good', 'good did 3']);
    expect(await value('job_runs_total', { job_name: 'good', outcome: 'ok' })).toBe(1);
    expect(await value('job_runs_total', { job_name: 'bad', outcome: 'failed' })).toBe(1);
    expect(await value('job_done_total', { job_name: 'good' })).toBe(3);
    expect(await value('job_duration_seconds_count', { job_name: 'bad' })).toBe(1);
  });

  it('mails', async () => {
    const sent: Letter[] = [];
    const inner: Mailer = {
      send: async (letter) => {
        if (letter.to === '') throw new Error('nobody');
        sent.push(letter);
      },
      close: async () => undefined,
    };
    const mailer = watchedMailer(eyes(), inner);
    await mailer.send(LETTER);
    await expect(mailer.send({ ...LETTER, to: '' })).rejects.toThrow('nobody');
    expect(sent).toEqual([LETTER]);
    expect(await value('mail_attempts_total', { outcome: 'sent' })).toBe(1);
    expect(await value('mail_attempts_total', { outcome: 'failed' })).toBe(1);
  });

  it('rate limits, what they refuse', async () => {
    let answer: number | null = null;
    const inner: RateLimits = {
      spend: async () => answer,
      giveBack: async () => undefined,
      reset: async () => undefined,
      close: async () => undefined,
    };
    const limits = watchedLimits(eyes(), inner);
    expect(await limits.spend(LIMIT, 'somebody')).toBe(null);
    answer = 250;
    expect(await limits.spend(LIMIT, 'somebody')).toBe(250);
    expect(await value('rate_limit_refusals_total', { rule: 'a-rule' })).toBe(1);
  });

  it('streams, how late what is new is handed on, and none of it where nobody follows', async () => {
    const figures = streamFigures(eyes(), { now: () => new Date(2_500) });
    const entries = [
      { sequence: 1, createdAt: new Date(2_000) },
      { sequence: 2, createdAt: new Date(3_000) },
    ];
    figures.page('negotiation', entries, 3);
    figures.page('negotiation', entries, 0);
    figures.page('negotiation', [{ sequence: 3 }], 1);
    expect(figures.delivered).toBe(7);
    expect(await value('stream_delivery_delay_seconds_count', { stream: 'negotiation' })).toBe(2);
    expect(await value('stream_delivery_delay_seconds_sum', { stream: 'negotiation' })).toBe(0.5);
  });

  it('events of subscriptions, transactions that are begun again, and statements that fail', async () => {
    expect(await watchedEvent(eyes(), 'typing', async () => ({ data: {} }))).toEqual({ data: {} });
    metrics.transactionRetried();
    metrics.statementRan('insert', 0.1, true);
    expect(await value('subscription_events_total', { field: 'typing' })).toBe(1);
    expect(await value('sql_transaction_retries_total')).toBe(1);
    expect(await value('sql_statement_failures_total', { kind: 'insert' })).toBe(1);
  });
});
