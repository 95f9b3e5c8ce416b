import type { Ctx } from '../../../kernel/context.js';
import { inBatches } from '../../../kernel/jobs.js';
import type { Job } from '../../../kernel/ports.js';
import { type Cohort, dueCohorts } from './market.reads.js';
import { rateCohort } from './market.service.js';

/** Makes and models that one run looks at, at most: a run is short, and the next one is soon. */
const COHORTS = 50;

/** Keeps the market values and ratings of listings up to date. */
export const rateMarket: Job<Ctx> = {
  name: 'rate-market',
  everyMs: 5_000,
  async run(ctx, stopping) {
    const cohorts = await dueCohorts(ctx, COHORTS);
    return inBatches(async () => {
      const cohort = cohorts.shift();
      return { count: cohort ? await rateOne(ctx, cohort, stopping) : 0, isFull: cohorts.length > 0 };
    }, stopping);
  },
};

/** One that cannot be rated must not keep the others waiting; the next run meets it again. */
async function rateOne(ctx: Ctx, cohort: Cohort, stopping?: AbortSignal): Promise<number> {
  try {
    return await rateCohort(ctx, cohort, stopping);
  } catch (error) {
    ctx.log.error({ err: error, ...cohort }, 'a make and model could not be rated');
    return 0;
  }
}
