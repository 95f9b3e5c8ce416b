import type { Cents } from '../../kernel/money.js';
import { dollars } from '../../kernel/money.js';
import type { NotificationKind } from './notification.entity.js';

/** What a sentence may name. Nothing in it tells a person's answer from one of the dealer's rules. */
export interface Particulars {
  /** "2021 Toyota Camry XLE". */
  readonly vehicle: string;
  readonly amount: Cents | null;
  /** Whether the reader is the buyer. */
  readonly toBuyer: boolean;
  /** Of a closed negotiation: whether the vehicle went to another buyer. */
  readonly isSold?: boolean;
  /** Of a lapsed offer: whether it was the reader who did not answer. */
  readonly isOwnSilence?: boolean;
  /** Of an agreement that came to nothing: whether the other side gave it up; else its time ran out. */
  readonly isGivenUp?: boolean;
  /** Of an offer that waits: when it lapses. */
  readonly lapsesAt?: Date;
}

export interface Text {
  readonly title: string;
  /** Facts only. What the other side wrote stands beside it. */
  readonly body: string;
}

type Sentence = (about: Particulars) => Text;

const amountOf = ({ amount }: Particulars): string => dollars(amount ?? 0);
const otherSide = ({ toBuyer }: Particulars): string => (toBuyer ? 'The dealer' : 'The buyer');

/** "November 24, 2026 at 8:30 AM UTC". */
function momentOf(at: Date): string {
  return `${MOMENT.format(at).replace(/\s/g, ' ')} UTC`;
}

const MOMENT = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** What the negotiations tell of. */
export type NegotiationNews = Exclude<
  NotificationKind,
  'DEALER_VERIFIED' | 'DEALER_REJECTED' | 'PRICE_DROP' | 'SAVED_SEARCH_MATCH'
>;

/** Every sentence that the negotiations make, in one place. */
const sentences: Record<NegotiationNews, Sentence> = {
  OFFER_RECEIVED: (about) =>
    about.toBuyer
      ? {
          title: `Invitation: the ${about.vehicle} for ${amountOf(about)}`,
          body: `The dealer invites you: ${amountOf(about)} for the ${about.vehicle}, which you saved.`,
        }
      : {
          title: `New offer: ${amountOf(about)} for the ${about.vehicle}`,
          body: `A buyer offers ${amountOf(about)} for the ${about.vehicle}.`,
        },
  OFFER_COUNTERED: (about) => ({
    title: `Counter-offer: ${amountOf(about)} for the ${about.vehicle}`,
    body: `${otherSide(about)} answered with ${amountOf(about)} for the ${about.vehicle}.`,
  }),
  OFFER_ACCEPTED: (about) => ({
    title: `Agreed: the ${about.vehicle} for ${amountOf(about)}`,
    body: `${otherSide(about)} accepted ${amountOf(about)} for the ${about.vehicle}. ${
      about.toBuyer ? 'It is held for you.' : 'It is held for the buyer.'
    }`,
  }),
  NEGOTIATION_REJECTED: (about) => ({
    title: `Offer turned down: the ${about.vehicle}`,
    body: `The dealer turned down ${amountOf(about)} for the ${about.vehicle}. You may start again while you have offers left.`,
  }),
  NEGOTIATION_CANCELLED: (about) => ({
    title: `Buyer withdrew: the ${about.vehicle}`,
    body: `The buyer withdrew from the negotiation about the ${about.vehicle}.`,
  }),
  OFFER_EXPIRING: (about) => ({
    title: `Answer soon: ${amountOf(about)} for the ${about.vehicle}`,
    body: `${otherSide(about)}'s offer of ${amountOf(about)} for the ${about.vehicle} waits for your answer. It lapses ${
      about.lapsesAt ? `on ${momentOf(about.lapsesAt)}` : 'soon'
    }.`,
  }),
  MESSAGE_RECEIVED: (about) => ({
    title: `New message about the ${about.vehicle}`,
    body: `${otherSide(about)} wrote about the ${about.vehicle}.`,
  }),
  NEGOTIATION_EXPIRED: (about) => ({
    title: `Offer lapsed: the ${about.vehicle}`,
    body: about.isOwnSilence
      ? `You did not answer the ${about.toBuyer ? "dealer's" : "buyer's"} offer of ${amountOf(about)} for the ${about.vehicle} in time.`
      : `${otherSide(about)} did not answer your offer of ${amountOf(about)} for the ${about.vehicle} in time.`,
  }),
  NEGOTIATION_CLOSED: (about) => ({
    title: `No longer available: the ${about.vehicle}`,
    body: about.isSold
      ? `The dealer agreed with another buyer about the ${about.vehicle}, and your negotiation was closed. You will be told if that comes to nothing.`
      : `The dealer took the ${about.vehicle} off the market, and your negotiation was closed.`,
  }),
  NEGOTIATION_COMPLETED: (about) => ({
    title: `Sold: the ${about.vehicle}`,
    body: `The ${about.vehicle} is yours for ${amountOf(about)}. Congratulations!`,
  }),
  DEAL_FELL_THROUGH: (about) => ({
    title: `Agreement ended: the ${about.vehicle}`,
    body: about.isGivenUp
      ? `${otherSide(about)} gave up the agreement about the ${about.vehicle} for ${amountOf(about)}. The vehicle is back on the market.`
      : `The sale of the ${about.vehicle} for ${amountOf(about)} was not completed in time. The vehicle is back on the market.`,
  }),
};

/** Title and body of a notification. */
export function textOf(kind: NegotiationNews, about: Particulars): Text {
  return sentences[kind](about);
}

/** To a dealer whose rules agreed for it. */
export function acceptedByRules(vehicle: string, amount: Cents): Text {
  return {
    title: `Agreed: the ${vehicle} for ${dollars(amount)}`,
    body: `Your rules accepted ${dollars(amount)} for the ${vehicle}. It is held for the buyer.`,
  };
}

/** To a buyer whose negotiation another buyer's agreement had closed. */
export function availableAgain(vehicle: string): Text {
  return {
    title: `Available again: the ${vehicle}`,
    body: `The other buyer's agreement about the ${vehicle} came to nothing. You may start again; what you had offered before does not count.`,
  };
}

/** To who has saved a vehicle, or has been told of its price before. */
export function cheaper(vehicle: string, from: Cents, to: Cents): Text {
  return {
    title: `Price drop: the ${vehicle}`,
    body: `The ${vehicle} that you saved now costs ${dollars(to)} instead of ${dollars(from)}.`,
  };
}

export function newMatch(search: string, vehicle: string, price: Cents): Text {
  return {
    title: `New match for “${search}”: ${vehicle}`,
    body: `The ${vehicle} for ${dollars(price)} matches your saved search “${search}”.`,
  };
}

/** Of a mail that tells of one message or of several. */
export function newMessages(vehicle: string, total: number): string {
  return `${total === 1 ? 'New message' : `${total} new messages`} about the ${vehicle}`;
}

export type AlertKind = 'PRICE_DROP' | 'SAVED_SEARCH_MATCH';

/** Of a mail that tells of one vehicle, this one, or of several. */
export function alerted(kind: AlertKind, vehicle: string, total: number): string {
  if (kind === 'PRICE_DROP')
    return total === 1 ? `Price drop: the ${vehicle}` : `${total} vehicles that you saved cost less now`;
  return total === 1
    ? `New match for a saved search: the ${vehicle}`
    : `${total} new matches for your saved searches`;
}

/** What a mail says that tells of one vehicle, as it stands now. */
export function alertedOfOne(kind: AlertKind, vehicle: string, price: Cents): string {
  return kind === 'PRICE_DROP'
    ? `The ${vehicle} that you saved now costs ${dollars(price)}.`
    : `The ${vehicle} for ${dollars(price)} matches a saved search of yours.`;
}

/** Without the dealership's name: it goes to an address that nobody may have proved, and the name may be a message. */
export function verified(): Text {
  return {
    title: 'Your dealership is verified',
    body: 'Your dealership was checked and is verified. You can publish your vehicles now.',
  };
}

export function rejected(reason: string): Text {
  return {
    title: 'Your dealership was not verified',
    body: `Your dealership was checked and is not verified. Put right what is missing and submit it again. The reason given: ${reason}`,
  };
}

/** A notification's body, with what the other side wrote. */
export function withQuote(body: string, quote: string | null): string {
  return quote === null ? body : `${body} “${quote}”`;
}
