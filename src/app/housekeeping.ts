import type { Ctx } from '../kernel/context.js';
import type { Job } from '../kernel/ports.js';

const HOUR = 3_600_000;

/** Where unfinished files of a process can be left behind. */
export interface Sweepable {
  sweep(before: Date): Promise<number>;
}

/**
 * Removes what processes left behind that ended without a stop: half an upload, a picture that was being made. Nobody is
 * at work on anything for longer than `longestMs`.
 */
export function sweepUnfinished(places: readonly Sweepable[], longestMs: number): Job<Ctx> {
  return {
    name: 'sweep-unfinished-files',
    everyMs: HOUR,
    everyNode: true,
    async run({ clock }) {
      const before = new Date(clock.now().getTime() - longestMs);
      let count = 0;
      for (const place of places) count += await place.sweep(before);
      return count;
    },
  };
}

/** The same for uploads to a bucket that came in parts: those that were sent are paid for, and nobody sees them. */
export function sweepUnfinishedUploads(bucket: Sweepable, longestMs: number): Job<Ctx> {
  return {
    name: 'sweep-unfinished-uploads',
    everyMs: HOUR,
    run: ({ clock }) => bucket.sweep(new Date(clock.now().getTime() - longestMs)),
  };
}
