import { SpanKind } from '@opentelemetry/api';
import type { Ctx } from '../../kernel/context.js';
import type { Clock, Job, JobWatcher, Mailer, RateLimits } from '../../kernel/ports.js';
import { StreamFigures } from '../../kernel/stream-figures.js';
import type { StreamEntry } from '../../kernel/streams.js';
import type { Eyes } from './eyes.js';

/** Tells of each run of a job besides whoever else is told. */
export function watchedRuns({ metrics }: Eyes, watcher: JobWatcher): JobWatcher {
  if (!metrics) return watcher;
  return {
    planned: (job, inMs, isShared) => watcher.planned(job, inMs, isShared),
    began: (job) => watcher.began(job),
    succeeded(job, run) {
      metrics.jobRan(job.name, run.ms / 1_000, run.count);
      watcher.succeeded(job, run);
    },
    failed(job, run) {
      metrics.jobRan(job.name, run.ms / 1_000, null);
      watcher.failed(job, run);
    },
  };
}

/** Makes each run of a job a trace of its own. */
export function tracedJobs({ tracing }: Eyes, jobs: readonly Job<Ctx>[]): readonly Job<Ctx>[] {
  if (!tracing) return jobs;
  return jobs.map((job) => ({
    ...job,
    run: (ctx, stopping) =>
      tracing.whole(tracing.root(`job ${job.name}`, SpanKind.INTERNAL, { 'job.name': job.name }), () =>
        job.run(ctx, stopping),
      ),
  }));
}

export function watchedMailer({ metrics, tracing }: Eyes, mailer: Mailer): Mailer {
  if (!metrics && !tracing) return mailer;
  const send: Mailer['send'] = async (letter) => {
    try {
      await mailer.send(letter);
      metrics?.mailTried('sent');
    } catch (error) {
      metrics?.mailTried('failed');
      throw error;
    }
  };
  return {
    send: (letter) =>
      tracing
        ? tracing.whole(tracing.part('send mail', SpanKind.CLIENT, {}), () => send(letter))
        : send(letter),
    close: () => mailer.close(),
  };
}

/** Counts what is refused, by the rule: there are some dozens of them. */
export function watchedLimits({ metrics }: Eyes, limits: RateLimits): RateLimits {
  if (!metrics) return limits;
  return {
    async spend(limit, key) {
      const waitMs = await limits.spend(limit, key);
      if (waitMs !== null) metrics.limitRefused(limit.name);
      return waitMs;
    },
    giveBack: (limit, key) => limits.giveBack(limit, key),
    reset: (limit, key) => limits.reset(limit, key),
    close: () => limits.close(),
  };
}

/** Times how long what is new in a stream took from its writing until it was handed on, by the clocks of two nodes. */
export function streamFigures({ metrics }: Eyes, clock: Clock): StreamFigures {
  if (!metrics) return new StreamFigures();
  return new StreamFigures((kind, entries) => {
    const now = clock.now().getTime();
    for (const entry of entries) {
      const { createdAt } = entry as StreamEntry & { createdAt?: unknown };
      if (createdAt instanceof Date)
        metrics.entryDelivered(kind, Math.max(0, now - createdAt.getTime()) / 1_000);
    }
  });
}
