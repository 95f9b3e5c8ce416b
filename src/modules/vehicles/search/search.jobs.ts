import type { Ctx, Services } from '../../../kernel/context.js';
import type { Job } from '../../../kernel/ports.js';
import { indexListings } from './index-listings.js';
import { knowsNoWords, reviseWords } from './search-words.service.js';

/** Forgets words that are gone from the market, and learns those of listings that came to it past the services. */
export const learnMarketWords: Job<Ctx> = {
  name: 'learn-words',
  everyMs: 60_000,
  run: (ctx) => reviseWords(ctx),
};

/** A market that was filled past the services is searched right away, typos and all, and not only from the first run on. */
export function learnAtStart({ log }: Services, makeCtx: () => Ctx): () => Promise<void> {
  const learning = learnIfNothingIsKnown(makeCtx()).catch((error: unknown) =>
    log.error({ err: error }, 'the words of the market could not be learnt'),
  );
  return () => learning;
}

async function learnIfNothingIsKnown(ctx: Ctx): Promise<void> {
  if (await knowsNoWords(ctx)) await reviseWords(ctx);
}

/** Gives their words to listings that have none: those from before there was a search. */
export const indexUnindexed: Job<Ctx> = {
  name: 'index-listings',
  everyMs: 10_000,
  run: indexListings,
};
