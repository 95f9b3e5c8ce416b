import type { Logger } from '../../kernel/ports.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { OtlpExporter } from '../../platform/tracing/exporter.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { Config } from '../config.js';
import { answerPrimary } from './workers-metrics.js';

/** What an operator sees the system by. What is not asked for in the settings is null, and costs nothing. */
export interface Eyes {
  readonly metrics: Metrics | null;
  readonly tracing: Tracing | null;
  close(): Promise<void>;
}

export function openEyes(config: Config, log: Logger): Eyes {
  const { port, token } = config.metrics;
  const metrics = port !== null || token !== null ? new Metrics() : null;
  const tracing = config.tracing
    ? new Tracing({
        serviceName: config.tracing.serviceName,
        ratio: config.tracing.ratio,
        exporter: new OtlpExporter(config.tracing.endpoint, log),
        databaseSystem: config.databaseUrl.startsWith('sqlite:') ? 'sqlite' : 'postgresql',
      })
    : null;
  const silence = metrics ? answerPrimary(metrics) : () => undefined;
  return {
    metrics,
    tracing,
    async close() {
      silence();
      metrics?.close();
      await tracing?.close();
    },
  };
}
