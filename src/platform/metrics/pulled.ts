import {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  type Registry,
} from 'prom-client';
import { within } from '../../kernel/within.js';

/** How the figures of several processes on one machine become one: prom-client's words. */
export type Aggregator = 'sum' | 'max' | 'min' | 'first';

/** A figure at the moment of the question, by the values of its labels; nothing where there is none to tell. */
export type Samples = ReadonlyArray<{
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}>;

export interface Pulled {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly aggregator?: Aggregator;
  /** Since the start, and never less than before. */
  readonly isCounter?: true;
  readonly read: () => Samples | Promise<Samples>;
}

/** A metric that is read where it is kept, when somebody asks: until then it costs nothing. */
export function pull(registry: Registry, pulled: Pulled): void {
  const { name, help, labelNames = [], aggregator = 'sum', read } = pulled;
  const shared = { name, help, labelNames: [...labelNames], registers: [registry], aggregator };
  if (pulled.isCounter) {
    const counter = new Counter({
      ...shared,
      async collect() {
        const samples = await answerOf(read);
        counter.reset();
        for (const { labels = {}, value } of samples) counter.inc(labels, value);
      },
    } satisfies CounterConfiguration<string>);
    return;
  }
  const gauge = new Gauge({
    ...shared,
    async collect() {
      const samples = await answerOf(read);
      gauge.reset();
      // What has no labels is 0 after a reset; where it is not known it is not told at all.
      if (samples.length === 0) gauge.remove({});
      for (const { labels = {}, value } of samples) gauge.set(labels, value);
    },
  } satisfies GaugeConfiguration<string>);
}

/** Who keeps a figure may be away (Redis, the database): then that figure is not told, and all others are, in time. */
const PATIENCE_MS = 2_500;

async function answerOf(read: Pulled['read']): Promise<Samples> {
  try {
    const answer = read();
    return answer instanceof Promise ? await within(PATIENCE_MS, answer) : answer;
  } catch {
    return [];
  }
}

export function one(value: number | null | undefined): Samples {
  return value == null || Number.isNaN(value) ? [] : [{ value }];
}
