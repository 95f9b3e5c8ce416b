import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NegotiationStatus } from '../../../src/modules/negotiations/negotiation.enums.js';
import {
  boundsOf,
  type NegotiationAction,
  refusalOf,
  transitions,
} from '../../../src/modules/negotiations/negotiation.rules.js';

const statuses = Object.values(NegotiationStatus);
const parties = ['BUYER', 'DEALER'] as const;
const turns = ['BUYER', 'DEALER', null] as const;
const actions: NegotiationAction[] = [
  'submitOffer',
  'acceptOffer',
  'rejectNegotiation',
  'cancelNegotiation',
  'completeSale',
  'cancelSale',
  'sendMessage',
];

/** What may be done at all: everything else is refused. */
const allowed = new Set([
  'ACTIVE submitOffer BUYER turn BUYER',
  'ACTIVE submitOffer DEALER turn DEALER',
  'ACTIVE acceptOffer BUYER turn BUYER',
  'ACTIVE acceptOffer DEALER turn DEALER',
  'ACTIVE rejectNegotiation DEALER turn DEALER',
  'ACTIVE cancelNegotiation BUYER turn BUYER',
  'ACTIVE cancelNegotiation BUYER turn DEALER',
  'ACCEPTED completeSale DEALER turn null',
  'ACCEPTED cancelSale BUYER turn null',
  'ACCEPTED cancelSale DEALER turn null',
  'ACTIVE sendMessage BUYER turn BUYER',
  'ACTIVE sendMessage BUYER turn DEALER',
  'ACTIVE sendMessage DEALER turn BUYER',
  'ACTIVE sendMessage DEALER turn DEALER',
  'ACCEPTED sendMessage BUYER turn null',
  'ACCEPTED sendMessage DEALER turn null',
]);

/** The turn is null once it is no longer ACTIVE, and never before. */
const cells = statuses.flatMap((status) =>
  actions.flatMap((action) =>
    parties.flatMap((party) =>
      turns
        .filter((turn) => (turn !== null) === (status === 'ACTIVE'))
        .map((turn) => ({ status, action, party, turn })),
    ),
  ),
);

const belongsTo = (action: NegotiationAction, party: string) =>
  !(action === 'cancelNegotiation' && party === 'DEALER') &&
  !((action === 'rejectNegotiation' || action === 'completeSale') && party === 'BUYER');

describe('refusalOf', () => {
  it('knows 8 states, 7 actions and 2 parties: 126 cells', () => {
    expect(cells).toHaveLength(8 * 7 * 2 + 7 * 2);
  });

  it.each(cells)('$status $action $party, turn $turn', ({ status, action, party, turn }) => {
    const code = refusalOf(action, party, { status, turn })?.code ?? 'OK';
    if (allowed.has(`${status} ${action} ${party} turn ${turn}`)) expect(code).toBe('OK');
    else if (!belongsTo(action, party)) expect(code).toBe('FORBIDDEN');
    else if (status === 'EXPIRED') expect(code).toBe('OFFER_EXPIRED');
    else if (status !== 'ACTIVE') expect(code).toBe('NEGOTIATION_ENDED');
    else if (action === 'completeSale' || action === 'cancelSale') expect(code).toBe('CONFLICT');
    else expect(code).toBe('NOT_YOUR_TURN');
  });

  it('leads each action where the table says', () => {
    expect(transitions.map(({ action, from, to }) => `${action}: ${from} → ${to}`)).toEqual([
      'submitOffer: ACTIVE → ACTIVE',
      'acceptOffer: ACTIVE → ACCEPTED',
      'rejectNegotiation: ACTIVE → REJECTED',
      'cancelNegotiation: ACTIVE → CANCELLED',
      'completeSale: ACCEPTED → COMPLETED',
      'cancelSale: ACCEPTED → FELL_THROUGH',
      'sendMessage: ACTIVE → ACTIVE',
      'sendMessage: ACCEPTED → ACCEPTED',
    ]);
  });

  it('says in words who may, and what it has become', () => {
    const state = { status: 'FELL_THROUGH', turn: null } as const;
    expect(refusalOf('rejectNegotiation', 'BUYER', state)?.message).toBe('This is for the dealer to do.');
    expect(refusalOf('submitOffer', 'BUYER', state)?.message).toBe('This negotiation is fell through.');
  });
});

describe('boundsOf', () => {
  const first = { askingPrice: 2_000_000, buyerAmount: null, dealerAmount: null, minimumOfferPercent: 50 };

  it.each([
    ['BUYER', first, 1_000_000, 2_000_000],
    ['BUYER', { ...first, askingPrice: 2_000_001 }, 1_000_001, 2_000_001],
    ['BUYER', { ...first, minimumOfferPercent: 100 }, 2_000_000, 2_000_000],
    ['BUYER', { ...first, askingPrice: 1, minimumOfferPercent: 1 }, 1, 1],
    ['BUYER', { ...first, buyerAmount: 1_500_000 }, 1_500_001, 2_000_000],
    ['BUYER', { ...first, buyerAmount: 1_500_000, dealerAmount: 1_800_000 }, 1_500_001, 1_799_999],
    // The asking price has fallen below what the dealer asked in the negotiation.
    [
      'BUYER',
      { ...first, askingPrice: 1_600_000, buyerAmount: 1_500_000, dealerAmount: 1_800_000 },
      1_500_001,
      1_600_000,
    ],
    ['DEALER', { ...first, buyerAmount: 1_500_000 }, 1_500_001, 2_000_000],
    ['DEALER', { ...first, buyerAmount: 1_500_000, dealerAmount: 1_800_000 }, 1_500_001, 1_799_999],
    [
      'DEALER',
      { ...first, askingPrice: 1_600_000, buyerAmount: 1_500_000, dealerAmount: 1_800_000 },
      1_500_001,
      1_600_000,
    ],
  ] as const)('gives the %s of %o from %i to %i', (party, prices, minimum, maximum) => {
    expect(boundsOf(party, prices)).toEqual({ minimum, maximum });
  });

  it('leaves nothing between two neighbours', () => {
    const prices = { ...first, buyerAmount: 1_500_000, dealerAmount: 1_500_001 };
    for (const party of parties) {
      const { minimum, maximum } = boundsOf(party, prices);
      expect(minimum).toBeGreaterThan(maximum);
    }
  });

  const cents = fc.integer({ min: 1, max: 100_000_000_000 });
  const percent = fc.integer({ min: 1, max: 100 });

  it('lets a first offer be the asking price, and never less than its share of it', () => {
    fc.assert(
      fc.property(cents, percent, (askingPrice, minimumOfferPercent) => {
        const { minimum, maximum } = boundsOf('BUYER', { ...first, askingPrice, minimumOfferPercent });
        expect(maximum).toBe(askingPrice);
        expect(minimum).toBeGreaterThanOrEqual(1);
        expect(minimum * 100).toBeGreaterThanOrEqual(askingPrice * minimumOfferPercent);
        // One cent less would be too little.
        expect((minimum - 1) * 100).toBeLessThan(askingPrice * minimumOfferPercent);
        expect(minimum).toBeLessThanOrEqual(maximum);
      }),
    );
  });

  it('brings the two sides together: whatever they say within bounds, the buyer rises, the dealer falls, they never cross', () => {
    const wheres = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(cents, wheres, (askingPrice, steps) => {
        let [buyerAmount, dealerAmount]: [number | null, number | null] = [null, null];
        for (const [index, where] of steps.entries()) {
          const party = index % 2 === 0 ? 'BUYER' : 'DEALER';
          const { minimum, maximum } = boundsOf(party, { ...first, askingPrice, buyerAmount, dealerAmount });
          if (minimum > maximum) break;
          const amount = minimum + Math.floor((maximum - minimum) * where);
          if (party === 'BUYER') {
            if (buyerAmount !== null) expect(amount).toBeGreaterThan(buyerAmount);
            buyerAmount = amount;
          } else {
            if (dealerAmount !== null) expect(amount).toBeLessThan(dealerAmount);
            dealerAmount = amount;
          }
          expect(amount).toBeLessThanOrEqual(askingPrice);
          if (buyerAmount !== null && dealerAmount !== null) expect(buyerAmount).toBeLessThan(dealerAmount);
        }
      }),
    );
  });
});
