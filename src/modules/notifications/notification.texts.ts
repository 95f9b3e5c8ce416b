import type { Cents } from '../../kernel/money.js';
import { dollars } from '../../kernel/money.js';
import type { NotificationKind } from './notification.entity.js';

/** What a sentence may name. */
export interface Particulars {
  /** "2021 Toyota Camry XLE". */
  readonly vehicle: string;
  readonly amount: Cents | null;
  /** A word that the other side added. */
  readonly message: string | null;
  /** Whether the reader is the buyer. */
  readonly toBuyer: boolean;
}

export interface Text {
  readonly title: string;
  readonly body: string;
}

type Sentence = (about: Particulars) => Text;

const amountOf = ({ amount }: Particulars): string => dollars(amount ?? 0);

/** What the negotiations tell of. */
export type NegotiationNews = Exclude<
  NotificationKind,
  'DEALER_VERIFIED' | 'DEALER_REJECTED' | 'PRICE_DROP' | 'SAVED_SEARCH_MATCH'
>;

/** Every sentence that the negotiations make, in one place. */
const sentences: Record<NegotiationNews, Sentence> = {
  OFFER_RECEIVED: (about) => ({
    title: `New offer: ${amountOf(about)} for the ${about.vehicle}`,
    body: `${about.toBuyer ? 'The dealer' : 'A buyer'} offers ${amountOf(about)} for the ${about.vehicle}.`,
  }),
  OFFER_COUNTERED: (about) => ({
    title: `Counter-offer: ${amountOf(about)} for the ${about.vehicle}`,
    body: `${about.toBuyer ? 'The dealer' : 'The buyer'} answered with ${amountOf(about)} for the ${about.vehicle}.`,
  }),
  OFFER_ACCEPTED: (about) => ({
    title: `Agreed: the ${about.vehicle} for ${amountOf(about)}`,
    body: `${about.toBuyer ? 'The dealer' : 'The buyer'} accepted ${amountOf(about)} for the ${about.vehicle}. ${
      about.toBuyer ? 'It is held for you.' : 'It is held for the buyer.'
    }`,
  }),
  NEGOTIATION_REJECTED: (about) => ({
    title: `Offer turned down: the ${about.vehicle}`,
    body: `The dealer turned down ${amountOf(about)} for the ${about.vehicle}. You may start again while you have offers left.`,
  }),
  NEGOTIATION_CANCELLED: (about) => ({
    title: `Buyer withdrew: the ${about.vehicle}`,
    body: `The buyer of the ${about.vehicle} withdrew.`,
  }),
  OFFER_EXPIRING: (about) => ({
    title: `Answer soon: ${amountOf(about)} for the ${about.vehicle}`,
    body: `The offer of ${amountOf(about)} for the ${about.vehicle} waits for your answer and lapses soon.`,
  }),
  MESSAGE_RECEIVED: (about) => ({
    title: `New message about the ${about.vehicle}`,
    body: `${about.toBuyer ? 'The dealer' : 'The buyer'} wrote about the ${about.vehicle}.`,
  }),
  NEGOTIATION_EXPIRED: (about) => ({
    title: `Offer lapsed: the ${about.vehicle}`,
    body: `The offer of ${amountOf(about)} for the ${about.vehicle} was not answered in time.`,
  }),
  NEGOTIATION_CLOSED: (about) => ({
    title: `No longer available: the ${about.vehicle}`,
    body: `The ${about.vehicle} is no longer to be had. Your negotiation was closed.`,
  }),
  NEGOTIATION_COMPLETED: (about) => ({
    title: `Sold: the ${about.vehicle}`,
    body: `The ${about.vehicle} is yours for ${amountOf(about)}. Congratulations!`,
  }),
  DEAL_FELL_THROUGH: (about) => ({
    title: `Agreement ended: the ${about.vehicle}`,
    body: `The agreement about the ${about.vehicle} came to nothing. The vehicle is back on the market.`,
  }),
};

/** Title and body of a notification, the message of the other side added where there is one. */
export function textOf(kind: NegotiationNews, about: Particulars): Text {
  const { title, body } = sentences[kind](about);
  return { title, body: about.message ? `${body} “${about.message}”` : body };
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

export function verified(businessName: string): Text {
  return {
    title: `${businessName} is verified`,
    body: `${businessName} was verified. You can publish your vehicles now.`,
  };
}

export function rejected(businessName: string, reason: string): Text {
  return {
    title: `${businessName} was not verified`,
    body: `${businessName} was not verified. The reason given: ${reason}`,
  };
}
