import { describe, expect, it } from 'vitest';
import { NotificationKind } from '../../../src/modules/notifications/notification.entity.js';
import {
  acceptedByRules,
  alerted,
  availableAgain,
  cheaper,
  type NegotiationNews,
  newMatch,
  newMessages,
  type Particulars,
  rejected,
  type Text,
  textOf,
  verified,
  withQuote,
} from '../../../src/modules/notifications/notification.texts.js';

const CAR = '2021 Toyota Camry XLE';

/** The sides that are ever told of a kind, and the ways in which it may have come about. */
const ways: Record<NegotiationNews, Record<string, Partial<Particulars>>> = {
  OFFER_RECEIVED: { 'to the buyer': { toBuyer: true }, 'to the dealer': {} },
  OFFER_COUNTERED: { 'to the buyer': { toBuyer: true }, 'to the dealer': {} },
  OFFER_ACCEPTED: { 'to the buyer': { toBuyer: true }, 'to the dealer': {} },
  NEGOTIATION_REJECTED: { 'to the buyer': { toBuyer: true } },
  NEGOTIATION_CANCELLED: { 'to the dealer': {} },
  OFFER_EXPIRING: {
    'to the buyer': { toBuyer: true, lapsesAt: new Date('2026-11-24T20:05:00Z') },
    'to the dealer': { lapsesAt: new Date('2026-11-24T20:05:00Z') },
  },
  NEGOTIATION_EXPIRED: {
    'to the buyer, who was silent': { toBuyer: true, isOwnSilence: true },
    'to the buyer': { toBuyer: true },
    'to the dealer, who was silent': { isOwnSilence: true },
    'to the dealer': {},
  },
  NEGOTIATION_CLOSED: {
    'to the buyer: sold to another': { toBuyer: true, isSold: true },
    'to the buyer: off the market': { toBuyer: true },
  },
  NEGOTIATION_COMPLETED: { 'to the buyer': { toBuyer: true } },
  DEAL_FELL_THROUGH: {
    'to the buyer: given up': { toBuyer: true, isGivenUp: true },
    'to the buyer: out of time': { toBuyer: true },
    'to the dealer: given up': { isGivenUp: true },
    'to the dealer: out of time': {},
  },
  MESSAGE_RECEIVED: { 'to the buyer': { toBuyer: true }, 'to the dealer': {} },
};

const others: Partial<Record<NotificationKind, Record<string, Text>>> = {
  OFFER_ACCEPTED: { 'to the dealer, by its rules': acceptedByRules(CAR, 1_500_000) },
  DEAL_FELL_THROUGH: { 'to a buyer whom it had displaced': availableAgain(CAR) },
  PRICE_DROP: { 'to who has saved it': cheaper(CAR, 2_000_000, 1_850_000) },
  SAVED_SEARCH_MATCH: { 'to who searches': newMatch('Camrys', CAR, 2_000_000) },
  DEALER_VERIFIED: { 'to the dealer': verified() },
  DEALER_REJECTED: { 'to the dealer': rejected('The scan is blurred.') },
};

const told = (kind: NotificationKind): string[] => {
  const about = { vehicle: CAR, amount: 1_500_000, toBuyer: false };
  const made = Object.entries(ways[kind as NegotiationNews] ?? {}).map(
    ([who, way]) => [who, textOf(kind as NegotiationNews, { ...about, ...way })] as const,
  );
  return [...made, ...Object.entries(others[kind] ?? {})].map(
    ([who, { title, body }]) => `${who} | ${title} | ${body}`,
  );
};

describe('the texts of notifications', () => {
  it('are these, for each kind and side', () => {
    const all = Object.fromEntries(
      Object.keys(NotificationKind).map((kind) => [kind, told(kind as NotificationKind)]),
    );
    expect(all).toMatchInlineSnapshot(`
      {
        "DEALER_REJECTED": [
          "to the dealer | Your dealership was not verified | Your dealership was checked and is not verified. Put right what is missing and submit it again. The reason given: The scan is blurred.",
        ],
        "DEALER_VERIFIED": [
          "to the dealer | Your dealership is verified | Your dealership was checked and is verified. You can publish your vehicles now.",
        ],
        "DEAL_FELL_THROUGH": [
          "to the buyer: given up | Agreement ended: the 2021 Toyota Camry XLE | The dealer gave up the agreement about the 2021 Toyota Camry XLE for $15,000.00. The vehicle is back on the market.",
          "to the buyer: out of time | Agreement ended: the 2021 Toyota Camry XLE | The sale of the 2021 Toyota Camry XLE for $15,000.00 was not completed in time. The vehicle is back on the market.",
          "to the dealer: given up | Agreement ended: the 2021 Toyota Camry XLE | The buyer gave up the agreement about the 2021 Toyota Camry XLE for $15,000.00. The vehicle is back on the market.",
          "to the dealer: out of time | Agreement ended: the 2021 Toyota Camry XLE | The sale of the 2021 Toyota Camry XLE for $15,000.00 was not completed in time. The vehicle is back on the market.",
          "to a buyer whom it had displaced | Available again: the 2021 Toyota Camry XLE | The other buyer's agreement about the 2021 Toyota Camry XLE came to nothing. You may start again; what you had offered before does not count.",
        ],
        "MESSAGE_RECEIVED": [
          "to the buyer | New message about the 2021 Toyota Camry XLE | The dealer wrote about the 2021 Toyota Camry XLE.",
          "to the dealer | New message about the 2021 Toyota Camry XLE | The buyer wrote about the 2021 Toyota Camry XLE.",
        ],
        "NEGOTIATION_CANCELLED": [
          "to the dealer | Buyer withdrew: the 2021 Toyota Camry XLE | The buyer withdrew from the negotiation about the 2021 Toyota Camry XLE.",
        ],
        "NEGOTIATION_CLOSED": [
          "to the buyer: sold to another | No longer available: the 2021 Toyota Camry XLE | The dealer agreed with another buyer about the 2021 Toyota Camry XLE, and your negotiation was closed. You will be told if that comes to nothing.",
          "to the buyer: off the market | No longer available: the 2021 Toyota Camry XLE | The dealer took the 2021 Toyota Camry XLE off the market, and your negotiation was closed.",
        ],
        "NEGOTIATION_COMPLETED": [
          "to the buyer | Sold: the 2021 Toyota Camry XLE | The 2021 Toyota Camry XLE is yours for $15,000.00. Congratulations!",
        ],
        "NEGOTIATION_EXPIRED": [
          "to the buyer, who was silent | Offer lapsed: the 2021 Toyota Camry XLE | You did not answer the dealer's offer of $15,000.00 for the 2021 Toyota Camry XLE in time.",
          "to the buyer | Offer lapsed: the 2021 Toyota Camry XLE | The dealer did not answer your offer of $15,000.00 for the 2021 Toyota Camry XLE in time.",
          "to the dealer, who was silent | Offer lapsed: the 2021 Toyota Camry XLE | You did not answer the buyer's offer of $15,000.00 for the 2021 Toyota Camry XLE in time.",
          "to the dealer | Offer lapsed: the 2021 Toyota Camry XLE | The buyer did not answer your offer of $15,000.00 for the 2021 Toyota Camry XLE in time.",
        ],
        "NEGOTIATION_REJECTED": [
          "to the buyer | Offer turned down: the 2021 Toyota Camry XLE | The dealer turned down $15,000.00 for the 2021 Toyota Camry XLE. You may start again while you have offers left.",
        ],
        "OFFER_ACCEPTED": [
          "to the buyer | Agreed: the 2021 Toyota Camry XLE for $15,000.00 | The dealer accepted $15,000.00 for the 2021 Toyota Camry XLE. It is held for you.",
          "to the dealer | Agreed: the 2021 Toyota Camry XLE for $15,000.00 | The buyer accepted $15,000.00 for the 2021 Toyota Camry XLE. It is held for the buyer.",
          "to the dealer, by its rules | Agreed: the 2021 Toyota Camry XLE for $15,000.00 | Your rules accepted $15,000.00 for the 2021 Toyota Camry XLE. It is held for the buyer.",
        ],
        "OFFER_COUNTERED": [
          "to the buyer | Counter-offer: $15,000.00 for the 2021 Toyota Camry XLE | The dealer answered with $15,000.00 for the 2021 Toyota Camry XLE.",
          "to the dealer | Counter-offer: $15,000.00 for the 2021 Toyota Camry XLE | The buyer answered with $15,000.00 for the 2021 Toyota Camry XLE.",
        ],
        "OFFER_EXPIRING": [
          "to the buyer | Answer soon: $15,000.00 for the 2021 Toyota Camry XLE | The dealer's offer of $15,000.00 for the 2021 Toyota Camry XLE waits for your answer. It lapses on November 24, 2026 at 8:05 PM UTC.",
          "to the dealer | Answer soon: $15,000.00 for the 2021 Toyota Camry XLE | The buyer's offer of $15,000.00 for the 2021 Toyota Camry XLE waits for your answer. It lapses on November 24, 2026 at 8:05 PM UTC.",
        ],
        "OFFER_RECEIVED": [
          "to the buyer | Invitation: the 2021 Toyota Camry XLE for $15,000.00 | The dealer invites you: $15,000.00 for the 2021 Toyota Camry XLE, which you saved.",
          "to the dealer | New offer: $15,000.00 for the 2021 Toyota Camry XLE | A buyer offers $15,000.00 for the 2021 Toyota Camry XLE.",
        ],
        "PRICE_DROP": [
          "to who has saved it | Price drop: the 2021 Toyota Camry XLE | The 2021 Toyota Camry XLE that you saved now costs $18,500.00 instead of $20,000.00.",
        ],
        "SAVED_SEARCH_MATCH": [
          "to who searches | New match for “Camrys”: 2021 Toyota Camry XLE | The 2021 Toyota Camry XLE for $20,000.00 matches your saved search “Camrys”.",
        ],
      }
    `);
  });

  it('fit into a headline with the longest amount and a long name', () => {
    const vehicle = `2021 ${'Mercedes-Benz Sprinter'} ${'Long Wheelbase High Roof Four Wheel Drive'}`;
    for (const kind of Object.keys(ways) as NegotiationNews[])
      for (const way of Object.values(ways[kind]))
        expect(
          textOf(kind, { vehicle, amount: 100_000_000_000, toBuyer: false, ...way }).title.length,
        ).toBeLessThanOrEqual(200);
  });

  it('are followed by what the other side wrote, where it wrote something', () => {
    expect(withQuote('Facts.', 'Cash today.')).toBe('Facts. “Cash today.”');
    expect(withQuote('Facts.', null)).toBe('Facts.');
  });
});

describe('the subjects of mails that tell of several things', () => {
  it('count them', () => {
    expect([1, 3].map((total) => newMessages(CAR, total))).toEqual([
      `New message about the ${CAR}`,
      `3 new messages about the ${CAR}`,
    ]);
    expect([1, 3].map((total) => alerted('PRICE_DROP', CAR, total))).toEqual([
      `Price drop: the ${CAR}`,
      '3 vehicles that you saved cost less now',
    ]);
    expect([1, 3].map((total) => alerted('SAVED_SEARCH_MATCH', CAR, total))).toEqual([
      `New match for a saved search: the ${CAR}`,
      '3 new matches for your saved searches',
    ]);
  });
});
