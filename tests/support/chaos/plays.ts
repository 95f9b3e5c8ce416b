import { expect } from 'vitest';
import { type Opening, type Talk, times, type World } from './world.js';
import type { Writers } from './writers.js';

/** What some people do to its end, in about a second where nothing is in the way. */
export type Play = (writers: Writers) => Promise<void>;

const LINES = 6;

/** All that is done once, each kind spread over the whole. */
export function playsOf(world: World): Play[] {
  const { contests, haggles, refusals, openings } = world;
  return contests.flatMap((rivals, n) => [
    contest(rivals, n),
    haggle(haggles[n] as Talk),
    turnDown(refusals[n] as Talk),
    beginning(openings[n] as Opening),
  ]);
}

/** Both sides write in turn; now and then somebody presses twice. */
export function chat({ id: negotiationId, buyer, dealer }: Talk): Play {
  return async (writers) => {
    for (let n = 0; n < LINES; n++) {
      const by = n % 2 === 0 ? buyer : dealer;
      if (n === LINES - 1) await writers.doTwiceAtOnce(by, 'sendMessage', { negotiationId });
      else await writers.do(by, 'sendMessage', { negotiationId });
    }
  };
}

/** Two buyers accept at the same moment; one of them buys, or gives up, or leaves it there. */
function contest(rivals: readonly [Talk, Talk], number: number): Play {
  return async (writers) => {
    const { dealer } = rivals[0];
    const offers = await Promise.all(
      rivals.map(({ id: negotiationId }) =>
        writers.do(dealer, 'submitOffer', { negotiationId, amount: '18000.00' }),
      ),
    );
    const answers = await Promise.all(
      rivals.map(({ buyer, id: negotiationId }, n) =>
        writers.try(buyer, 'acceptOffer', { negotiationId, offerId: offers[n]?.offerId }),
      ),
    );
    const refusals = answers.map(({ outcome }) => outcome).filter((outcome) => typeof outcome === 'string');
    expect(refusals, `the rivals ${rivals.map(({ id }) => id).join(' and ')}`).toEqual(['NEGOTIATION_ENDED']);
    const won = answers.findIndex(({ outcome }) => typeof outcome !== 'string');
    const [winner, loser] = [rivals[won], rivals[1 - won]] as [Talk, Talk];
    const late = await writers.try(loser.buyer, 'submitOffer', {
      negotiationId: loser.id,
      amount: '18500.00',
    });
    expect(late.outcome).toBe('NEGOTIATION_ENDED');
    if (number % 3 === 0) await writers.do(dealer, 'completeSale', { negotiationId: winner.id });
    if (number % 3 === 1) await writers.do(winner.buyer, 'cancelSale', { negotiationId: winner.id });
  };
}

/** Offers come closer to each other, until one is taken. */
function haggle({ id: negotiationId, buyer, dealer }: Talk): Play {
  return async (writers) => {
    const offer = (by: typeof buyer, amount: string) =>
      writers.do(by, 'submitOffer', { negotiationId, amount });
    await offer(dealer, '19000.00');
    await offer(buyer, '15500.00');
    await offer(dealer, '18500.00');
    await offer(buyer, '16000.00');
    const { offerId } = await offer(dealer, '17000.00');
    await writers.do(buyer, 'acceptOffer', { negotiationId, offerId });
    await writers.do(dealer, 'completeSale', { negotiationId });
  };
}

/** The dealer says no, and the buyer begins again. */
function turnDown({ id: negotiationId, vehicleId, buyer, dealer }: Talk): Play {
  return async (writers) => {
    await writers.do(dealer, 'rejectNegotiation', { negotiationId });
    const again = await writers.do(buyer, 'startNegotiation', { vehicleId, amount: '16000.00' });
    await writers.do(dealer, 'sendMessage', { negotiationId: again.negotiationId });
  };
}

/** Two first offers of one buyer at once: one of them is made. */
function beginning({ vehicleId, buyer }: Opening): Play {
  return async (writers) => {
    const answers = await Promise.all(
      times(2, () => writers.try(buyer, 'startNegotiation', { vehicleId, amount: '14000.00' })),
    );
    const refusals = answers.map(({ outcome }) => outcome).filter((outcome) => typeof outcome === 'string');
    expect(refusals, `two starts on ${vehicleId}`).toEqual(['ALREADY_NEGOTIATING']);
  };
}
