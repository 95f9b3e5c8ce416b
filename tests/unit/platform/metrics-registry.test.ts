import { afterEach, describe, expect, it, vi } from 'vitest';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { one } from '../../../src/platform/metrics/pulled.js';

describe('metrics', () => {
  const open: Metrics[] = [];
  const make = () => {
    const metrics = new Metrics();
    open.push(metrics);
    return metrics;
  };
  const linesOf = async (metrics: Metrics, name: string) =>
    (await metrics.text())
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  afterEach(() => {
    for (const metrics of open.splice(0)) metrics.close();
  });

  it('of two systems in one process are two', async () => {
    const [one, other] = [make(), make()];
    one.errorTold('CONFLICT');
    expect(await linesOf(one, 'carnegotiate_errors_total')).toEqual([
      'carnegotiate_errors_total{code="CONFLICT"} 1',
    ]);
    expect(await linesOf(other, 'carnegotiate_errors_total')).toEqual([]);
  });

  it('are read where they are kept when somebody asks, and not told where nobody knows', async () => {
    const metrics = make();
    let value: number | null = 3;
    let asked = 0;
    metrics.pull(
      { name: 'things', help: 'Things.', read: () => one(asked++ < 9 ? value : null) },
      { name: 'things_total', help: 'Things since the start.', isCounter: true, read: () => one(value) },
    );
    expect(asked).toBe(0);
    expect(await linesOf(metrics, 'carnegotiate_things')).toEqual(['carnegotiate_things 3']);
    expect(await linesOf(metrics, 'carnegotiate_things_total')).toEqual(['carnegotiate_things_total 3']);
    value = null;
    expect(await linesOf(metrics, 'carnegotiate_things')).toEqual([]);
  });

  it('are told without what cannot be read, or not in time', async () => {
    const metrics = make();
    const broken = () => {
      throw new Error('away');
    };
    metrics.pull(
      { name: 'known', help: 'Known.', read: () => one(1) },
      { name: 'broken', help: 'Broken.', read: broken },
      { name: 'refused', help: 'Refused.', read: async () => broken() },
      { name: 'silent', help: 'Silent.', read: () => new Promise(() => undefined) },
    );
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const reading = metrics.text();
    await vi.advanceTimersByTimeAsync(2_500);
    vi.useRealTimers();
    const text = await reading;
    expect(text).toMatch(/^carnegotiate_known 1$/m);
    expect(text).not.toMatch(/^carnegotiate_(broken|refused|silent) /m);
  });

  it('forget a label that is told no more', async () => {
    const metrics = make();
    let fields = ['typing', 'vehicleUpdated'];
    metrics.pull({
      name: 'running',
      help: 'Running.',
      labelNames: ['field'],
      read: () => fields.map((field) => ({ labels: { field }, value: 1 })),
    });
    expect(await linesOf(metrics, 'carnegotiate_running')).toHaveLength(2);
    fields = ['typing'];
    expect(await linesOf(metrics, 'carnegotiate_running')).toEqual([
      'carnegotiate_running{field="typing"} 1',
    ]);
  });

  it('keep no series of an operation whose name has gone', async () => {
    const metrics = make();
    const run = { type: 'query', transport: 'http', isGood: true, seconds: 0.1 } as const;
    for (let n = 0; n < 3; n++) metrics.operationRan({ ...run, name: 'Market' });
    expect(await metrics.text()).toContain('name="Market"');
    (metrics as unknown as { forget(name: string): void }).forget('Market');
    expect(await metrics.text()).not.toContain('name="Market"');
  });

  it('tell how late the event loop was since they were asked last', async () => {
    const metrics = make();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const until = performance.now() + 120;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const worst = async () => {
      const [line] = (await linesOf(metrics, 'carnegotiate_event_loop_delay_seconds')).filter((text) =>
        text.includes('quantile="1"'),
      );
      return Number(line?.split(' ')[1]);
    };
    expect(await worst()).toBeGreaterThan(0.08);
    expect(await worst()).toBeLessThan(0.08);
  });
});
