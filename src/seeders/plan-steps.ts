/** One negotiation as steps: who does what, for how much, and how much later. */
import { STEP_MESSAGES } from './catalogue.js';
import { HOLD, HOUR, OFFER_LIFETIME } from './plan-rules.js';
import { between, chance, clamp, pick, type Rng, uniform } from './rng.js';

export type Actor = 'BUYER' | 'DEALER';
export type StepAction =
  | 'START'
  | 'OFFER'
  | 'ACCEPT'
  | 'REJECT'
  | 'CANCEL'
  | 'COMPLETE'
  | 'CANCEL_SALE'
  | 'LAPSE'
  | 'LAPSE_HOLD';
export type StepReason = 'OFFER_TOO_LOW' | 'CHANGED_MIND' | 'FOUND_ANOTHER' | 'FINANCING_FAILED' | 'OTHER';

export interface PlannedStep {
  /** Who acts; of LAPSE who kept silent; of LAPSE_HOLD the dealer, who did not complete the sale. */
  actor: Actor;
  action: StepAction;
  /** On START and OFFER only. */
  amountCents?: number;
  message?: string;
  reason?: StepReason;
  /** After the step before it in this negotiation; 0 for START. */
  minutesLater: number;
}

/** The steps of a script (its letters are told in plan-negotiations.ts) on a vehicle that costs `asking` cents. */
export function planSteps(script: string, asking: number, above: number, rng: Rng): PlannedStep[] {
  const amounts = haggle(script, asking, above, rng);
  let turn: Actor = 'BUYER';
  return [...script].map((letter, index): PlannedStep => {
    const actor = turn;
    turn = turn === 'BUYER' ? 'DEALER' : 'BUYER';
    // Well within the 48 hours in which an offer lives.
    const minutesLater = between(rng, 25, 1_100);
    const say = (list: readonly string[]) => (chance(rng, 0.7) ? { message: pick(rng, list) } : {});
    const { start, buyerOffer, dealerOffer, reject, cancel, buyerCancelsSale, dealerCancelsSale } =
      STEP_MESSAGES;
    switch (letter) {
      case 'S':
        return { actor, action: 'START', amountCents: amounts[index], ...say(start), minutesLater: 0 };
      case 'O': {
        const list = actor === 'BUYER' ? buyerOffer : dealerOffer;
        return { actor, action: 'OFFER', amountCents: amounts[index], ...say(list), minutesLater };
      }
      case 'A':
        return { actor, action: 'ACCEPT', minutesLater };
      case 'R':
        return { actor, action: 'REJECT', reason: 'OFFER_TOO_LOW', ...say(reject), minutesLater };
      case 'C': {
        const reason = pick(rng, ['FOUND_ANOTHER', 'CHANGED_MIND'] as const);
        return { actor: 'BUYER', action: 'CANCEL', reason, ...say(cancel[reason]), minutesLater };
      }
      case 'L':
        return { actor, action: 'LAPSE', minutesLater: OFFER_LIFETIME + 1 };
      case 'D':
        return { actor: 'DEALER', action: 'COMPLETE', minutesLater: minutesLater + 5 * HOUR };
      case 'X': {
        const reason = 'FINANCING_FAILED';
        return { actor: 'BUYER', action: 'CANCEL_SALE', reason, ...say(buyerCancelsSale), minutesLater };
      }
      case 'Y':
        return {
          actor: 'DEALER',
          action: 'CANCEL_SALE',
          reason: 'OTHER',
          ...say(dealerCancelsSale),
          minutesLater,
        };
      case 'H':
        return { actor: 'DEALER', action: 'LAPSE_HOLD', minutesLater: HOLD + 1 };
      default:
        throw new RangeError(`No step is called ${letter}.`);
    }
  });
}

/**
 * The amounts in cents of a script's offers, by step. Both sides give way by a part of what lies between them, in round
 * figures, and always leave room for the offers still to come; the buyer begins above `above`, its offers of earlier.
 */
function haggle(script: string, asking: number, above: number, rng: Rng): (number | undefined)[] {
  const unit = asking < 1_500_000 ? 2_500 : asking < 4_000_000 ? 5_000 : 10_000;
  const [low, high] = script.endsWith('R')
    ? [0.55, 0.66]
    : script.startsWith('SA')
      ? [0.94, 0.98]
      : [0.8, 0.9];
  let offersLeft = [...script].filter((letter) => letter === 'O').length;
  let dealer = Math.floor(asking / unit);
  const floor = Math.floor(above / unit) + 1;
  let buyer = clamp(
    Math.ceil((uniform(rng, low, high) * asking) / unit),
    floor,
    Math.max(floor, dealer - 1 - offersLeft),
  );
  return [...script].map((letter, index) => {
    if (letter === 'S') return buyer * unit;
    if (letter !== 'O') return undefined;
    offersLeft -= 1;
    const gap = dealer - buyer;
    const step = clamp(Math.round(gap * uniform(rng, 0.18, 0.32)), 1, gap - 1 - offersLeft);
    if (step < 1) throw new RangeError(`No room for "${script}" below ${asking} cents.`);
    // The buyer started, so the dealer's offers stand at odd places of the script.
    if (index % 2 === 1) {
      dealer -= step;
      return dealer * unit;
    }
    buyer += step;
    return buyer * unit;
  });
}
