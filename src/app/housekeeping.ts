import type { Ctx } from '../kernel/context.js';
import type { Job } from '../kernel/ports.js';

const HOUR = 3_600_000;

/** No upload and no operation takes so long: what is older, nobody is at work on. */
const ABANDONED_AFTER_MS = HOUR;

/** Where unfinished files of a process can be left behind. */
interface Sweepable {
  sweep(before: Date): Promise<number>;
}

/** Removes what processes left behind that ended without a stop: half an upload, a picture that was being made. */
export function sweepUnfinished(places: readonly Sweepable[]): Job<Ctx> {
  return {
    name: 'sweep-unfinished-files',
    everyMs: HOUR,
    async run({ clock }) {
      const before = new Date(clock.now().getTime() - ABANDONED_AFTER_MS);
      let count = 0;
      for (const place of places) count += await place.sweep(before);
      return count;
    },
  };
}
