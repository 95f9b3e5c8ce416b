import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Pulled } from './pulled.js';

const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;

/**
 * How late the event loop is, since it was asked last. prom-client has it too, but makes one figure of several workers by
 * their average, in which the one that hangs is lost.
 */
export function watchEventLoop(metrics: { pull(metric: Pulled): void }): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  metrics.pull({
    name: 'event_loop_delay_seconds',
    help: 'How late the event loop was, since the last scrape; of several workers, the worst.',
    labelNames: ['quantile'],
    aggregator: 'max',
    read: () => {
      // The timer's own pace is in each of them.
      const seconds = (nanoseconds: number) =>
        Math.max(0, (Number.isFinite(nanoseconds) ? nanoseconds : 0) / NANOSECONDS - RESOLUTION_MS / 1_000);
      const samples = [
        { labels: { quantile: '0.5' }, value: seconds(delay.percentile(50)) },
        { labels: { quantile: '0.99' }, value: seconds(delay.percentile(99)) },
        { labels: { quantile: '1' }, value: seconds(delay.max) },
      ];
      delay.reset();
      return samples;
    },
  });
  return () => delay.disable();
}
