import type { Ctx } from '../../../kernel/context.js';
import type { Job } from '../../../kernel/ports.js';
import { dueCohorts, rateCohort } from './market.service.js';

/** Makes and models that one run looks at, at most: a run is short, and the next one is soon. */
const COHORTS = 50;

/** Keeps the market values and ratings of listings up to date. */
export const rateMarket: Job<Ctx> = {
  name: 'rate-market',
  everyMs: 5_000,
  async run(ctx) {
    let count = 0;
    for (const cohort of await dueCohorts(ctx, COHORTS)) {
      // One that cannot be rated must not keep the others waiting; the next run meets it again.
      try {
        count += await rateCohort(ctx, cohort);
      } catch (error) {
        ctx.log.error({ err: error, ...cohort }, 'a make and model could not be rated');
      }
    }
    return count;
  },
};
