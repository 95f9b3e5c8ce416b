import type { Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { aggregatedMetrics } from '../../../../src/app/eyes/workers-metrics.js';
import { Metrics } from '../../../../src/platform/metrics/metrics.js';

/** A worker process as the primary sees it. */
class FakeWorker extends EventEmitter {
  readonly metrics = new Metrics();
  answers: 'at once' | 'never' | 'dies' | 'cannot be reached' = 'at once';

  isConnected(): boolean {
    return this.answers !== 'cannot be reached';
  }

  send({ id }: { id: number }): boolean {
    if (this.answers === 'dies') this.emit('exit', 1, null);
    if (this.answers !== 'at once') return true;
    void this.metrics.registry.getMetricsAsJSON().then((metrics) => {
      // What prom-client's own aggregation, and other questions, would say.
      this.emit('message', { type: 'carnegotiate:metrics', id: id - 1, metrics: [] });
      this.emit('message', {
        type: 'carnegotiate:metrics',
        id,
        metrics: JSON.parse(JSON.stringify(metrics)),
      });
    });
    return true;
  }
}

describe('the metrics of several workers', () => {
  const workers: FakeWorker[] = [];
  const hire = () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  };
  const told = async (patienceMs?: number) =>
    (await aggregatedMetrics(workers as unknown as Worker[], patienceMs)).split('\n');
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.metrics.close();
  });

  it('are added up, but for what is the same for all: of that, the greatest, or the least', async () => {
    for (const value of [2, 5]) {
      const { metrics } = hire();
      metrics.errorTold('CONFLICT');
      metrics.pull(
        { name: 'lag_seconds', help: 'Lag.', aggregator: 'max', read: () => [{ value }] },
        { name: 'up', help: 'Up.', aggregator: 'min', read: () => [{ value: value === 2 ? 0 : 1 }] },
        { name: 'open', help: 'Open.', read: () => [{ value }] },
      );
    }
    const lines = await told();
    expect(lines).toContain('carnegotiate_errors_total{code="CONFLICT"} 2');
    expect(lines).toContain('carnegotiate_lag_seconds 5');
    expect(lines).toContain('carnegotiate_up 0');
    expect(lines).toContain('carnegotiate_open 7');
    expect(lines).toContain('carnegotiate_workers{state="running"} 2');
    expect(lines).toContain('carnegotiate_workers{state="answering"} 2');
  });

  it.each(['never', 'dies', 'cannot be reached'] as const)(
    'are those of the others where one answers so: %s',
    async (answers) => {
      hire().metrics.errorTold('CONFLICT');
      hire().answers = answers;
      const lines = await told(100);
      expect(lines).toContain('carnegotiate_errors_total{code="CONFLICT"} 1');
      expect(lines).toContain('carnegotiate_workers{state="running"} 2');
      expect(lines).toContain('carnegotiate_workers{state="answering"} 1');
      // Nothing is left of the question.
      for (const worker of workers) expect(worker.eventNames()).toEqual([]);
    },
  );

  it('say so where there are no workers', async () => {
    expect(await told()).toContain('carnegotiate_workers{state="running"} 0');
  });
});
