import type { Ctx } from '../../kernel/context.js';
import type { Bus, Jobs, Logger, RateLimits } from '../../kernel/ports.js';
import type { StreamFigures } from '../../kernel/stream-figures.js';
import type { StreamHub } from '../../kernel/stream-hub.js';
import type { Replicas } from '../../platform/database/replicas.js';
import type { Orm } from '../orm.js';
import type { Eyes } from './eyes.js';
import { LagReader } from './lags.js';
import {
  busMetrics,
  passwordMetrics,
  poolMetrics,
  queueMetrics,
  rateLimitMetrics,
  replicaMetrics,
  streamMetrics,
} from './pulled-figures.js';
import { lagMetrics } from './pulled-lags.js';

/** The parts of a system that keep figures of their own. */
export interface Watched {
  readonly hub: StreamHub;
  readonly figures: StreamFigures;
  readonly bus: Bus;
  readonly rateLimits: RateLimits;
  readonly jobs: Jobs;
  readonly orm: Orm;
  readonly replicas: Replicas;
  readonly makeCtx: () => Ctx;
  readonly log: Logger;
}

/** Has the parts asked for their figures whenever somebody asks for the metrics. */
export function watchFigures({ metrics }: Eyes, watched: Watched): void {
  metrics?.pull(
    ...streamMetrics(watched.hub, watched.figures),
    ...busMetrics(watched.bus),
    ...rateLimitMetrics(watched.rateLimits),
    ...queueMetrics(watched.jobs),
    ...poolMetrics(watched.orm),
    ...replicaMetrics(watched.replicas),
    ...passwordMetrics(),
    ...lagMetrics(new LagReader(watched.makeCtx, watched.log)),
  );
}
