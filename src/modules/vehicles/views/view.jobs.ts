import type { Ctx, Services } from '../../../kernel/context.js';
import type { Job } from '../../../kernel/ports.js';
import { flushViews } from './view.service.js';

export function viewJobs(everyMs: number): Job<Ctx>[] {
  return [{ name: 'flush-views', everyMs, everyNode: true, run: (ctx) => flushViews(ctx) }];
}

/** A process that stops in order stores what it has counted. */
export function flushViewsAtEnd({ log }: Services, makeCtx: () => Ctx): () => Promise<void> {
  return async () => {
    try {
      await flushViews(makeCtx());
    } catch (error) {
      log.error({ err: error }, 'the last views could not be stored');
    }
  };
}
