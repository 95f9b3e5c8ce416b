import cluster, { type Worker } from 'node:cluster';
import {
  AggregatorRegistry,
  Gauge,
  type MetricObject,
  type Registry,
  type RegistryContentType,
} from 'prom-client';
import type { Logger } from '../../kernel/ports.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import { type MetricsServer, serveMetrics } from '../../platform/metrics/metrics-server.js';
import type { Config } from '../config.js';

const QUESTION = 'carnegotiate:metrics?';
const ANSWER = 'carnegotiate:metrics';

/** A worker that hangs is left out: Prometheus waits for 10 s, as it comes. */
const PATIENCE_MS = 3_000;

interface Question {
  readonly type: typeof QUESTION;
  readonly id: number;
}

interface Answer {
  readonly type: typeof ANSWER;
  readonly id: number;
  readonly metrics: MetricObject[];
}

let questions = 0;

/**
 * In the primary process: the metrics of all workers as one text. prom-client can do it too, but fails as a whole, after
 * 5 s, where one worker hangs or dies: that is when somebody looks.
 */
export async function aggregatedMetrics(
  workers: readonly Worker[] = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined),
  patienceMs = PATIENCE_MS,
): Promise<string> {
  const id = ++questions;
  const answers = await Promise.all(workers.map((worker) => ask(worker, id, patienceMs)));
  const told = answers.filter((answer) => answer !== null);
  const registry = AggregatorRegistry.aggregate(told);
  tellWorkers(registry, workers.length, told.length);
  return registry.metrics();
}

function ask(worker: Worker, id: number, patienceMs: number): Promise<MetricObject[] | null> {
  return new Promise((resolve) => {
    const end = (metrics: MetricObject[] | null) => {
      clearTimeout(timer);
      worker.off('message', hear);
      worker.off('exit', leave);
      resolve(metrics);
    };
    const leave = () => end(null);
    const hear = (message: Partial<Answer> | null) => {
      if (message?.type === ANSWER && message.id === id) end(message.metrics ?? null);
    };
    const timer = setTimeout(leave, patienceMs);
    worker.on('message', hear);
    worker.once('exit', leave);
    if (!worker.isConnected()) return leave();
    worker.send({ type: QUESTION, id } satisfies Question, (error) => void (error && leave()));
  });
}

function tellWorkers(registry: Registry<RegistryContentType>, running: number, answering: number): void {
  const gauge = new Gauge({
    name: 'carnegotiate_workers',
    help: 'Worker processes, and those of them that have answered for these metrics.',
    labelNames: ['state'],
    registers: [registry],
  });
  gauge.set({ state: 'running' }, running);
  gauge.set({ state: 'answering' }, answering);
}

/** `/metrics` of all workers, on a port of the primary process; none where the settings name no port. */
export async function openWorkersMetrics(
  { metrics: { port, host } }: Config,
  log: Logger,
): Promise<MetricsServer | null> {
  if (port === null) return null;
  const server = await serveMetrics({ host, port, read: () => aggregatedMetrics(), log });
  log.info({ url: server.url }, 'metrics of all workers');
  return server;
}

/** In a worker: answers the primary process. The returned function ends it. */
export function answerPrimary({ registry }: Pick<Metrics, 'registry'>): () => void {
  if (!cluster.isWorker) return () => undefined;
  const hear = async (message: Partial<Question> | null) => {
    if (message?.type !== QUESTION) return;
    const metrics = await registry.getMetricsAsJSON().catch(() => []);
    if (process.connected)
      process.send?.({ type: ANSWER, id: message.id, metrics }, undefined, {}, () => undefined);
  };
  process.on('message', hear);
  return () => void process.off('message', hear);
}
