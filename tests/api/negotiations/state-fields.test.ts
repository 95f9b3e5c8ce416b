import { describe, expect, it } from 'vitest';
import { databaseKinds } from '../../support/app.js';
import { DAY, HOUR } from '../../support/clock.js';
import { moveVehicle } from '../../support/moves.js';
import { invite, keep } from './inviting.js';
import { type Scene, useScene } from './scene.js';
import { type StateName, states } from './states.js';

interface Fields {
  readonly status: string;
  readonly turn: string | null;
  readonly endReason: string | null;
  readonly lapsedBy: string | null;
  /** Milliseconds from now. */
  readonly expiresAt: number | null;
  readonly holdExpiresAt: number | null;
  readonly minimumOffer: string;
  readonly buyerOffersRemaining: number;
}

/** The buyer has offered 15,000 of 20,000, and nothing else is so. */
const PLAIN = {
  turn: null,
  endReason: null,
  lapsedBy: null,
  expiresAt: null,
  holdExpiresAt: null,
  // Of a new negotiation.
  minimumOffer: '10000.00',
  buyerOffersRemaining: 4,
};
const open = { ...PLAIN, status: 'ACTIVE', expiresAt: 48 * HOUR, minimumOffer: '15000.01' };
const fellThrough = { ...PLAIN, status: 'FELL_THROUGH' };
const expired = { ...PLAIN, status: 'EXPIRED', endReason: 'LAPSED' };
const closed = { ...PLAIN, status: 'CLOSED' };
const holdLapsed = { ...fellThrough, endReason: 'HOLD_LAPSED' };

const expectedIn: Record<StateName, Fields> = {
  'ACTIVE, the dealer to answer': { ...open, turn: 'DEALER' },
  'ACTIVE, the buyer to answer': { ...open, turn: 'BUYER' },
  ACCEPTED: { ...PLAIN, status: 'ACCEPTED', holdExpiresAt: 7 * DAY },
  COMPLETED: { ...PLAIN, status: 'COMPLETED' },
  FELL_THROUGH: { ...fellThrough, endReason: 'OTHER' },
  'FELL_THROUGH by time, not written down': holdLapsed,
  'FELL_THROUGH by time': holdLapsed,
  REJECTED: { ...PLAIN, status: 'REJECTED', endReason: 'OTHER' },
  CANCELLED: { ...PLAIN, status: 'CANCELLED', endReason: 'OTHER' },
  'EXPIRED, not written down': { ...expired, lapsedBy: 'DEALER' },
  EXPIRED: { ...expired, lapsedBy: 'BUYER' },
  'CLOSED by a rival': { ...closed, endReason: 'SOLD_TO_ANOTHER' },
  'CLOSED with its vehicle archived': { ...closed, endReason: 'VEHICLE_UNAVAILABLE' },
};

type Bring = (scene: Scene) => Promise<{ id: string }>;

/** The dealer invites the buyer at 18,000. */
const invited: Bring = async (scene) => {
  const { id: vehicleId } = await scene.vehicle();
  await keep(scene.app, vehicleId, scene.buyer);
  const [own] = await invite(scene.app, scene.dealer, { vehicleId, amount: '18000' });
  return own as NonNullable<typeof own>;
};

/** The vehicle goes to the rival. */
const displaced = async (scene: Scene, before: Promise<{ id: string }>) => {
  const own = await before;
  const document = 'query ($id: ID!) { negotiation(id: $id) { vehicle { id vin } } }';
  type Read = { negotiation: { vehicle: { id: string; vin: string } } };
  const { vehicle } = (await scene.app.ok<Read, object>(document, { id: own.id }, scene.dealer)).negotiation;
  const winner = await scene.app.build.negotiation({
    vehicle: { ...vehicle, dealer: scene.dealer },
    buyer: scene.rival,
  });
  await scene.accept(scene.dealer, winner);
  return { own, winner };
};

const swept = async (scene: Scene, ms: number) => {
  scene.app.clock.advance(ms);
  await scene.sweep();
};

/** What the table of actions has no state for. */
const more: Record<string, [expected: Fields, bring: Bring]> = {
  invited: [
    { ...open, turn: 'BUYER', expiresAt: 96 * HOUR, minimumOffer: '10000.00', buyerOffersRemaining: 5 },
    invited,
  ],
  'invited, and answered by the buyer': [
    { ...open, turn: 'DEALER' },
    async (scene) => {
      const own = await invited(scene);
      await scene.counter(scene.buyer, own, '15000');
      return own;
    },
  ],
  'invited, and lapsed without anybody having written it down': [
    { ...expired, lapsedBy: 'BUYER', buyerOffersRemaining: 5 },
    async (scene) => {
      const own = await invited(scene);
      scene.app.clock.advance(96 * HOUR);
      return own;
    },
  ],
  'invited, and lapsed': [
    { ...expired, lapsedBy: 'BUYER', buyerOffersRemaining: 5 },
    async (scene) => {
      const own = await invited(scene);
      await swept(scene, 96 * HOUR);
      return own;
    },
  ],
  'lapsed with the dealer to answer': [
    { ...expired, lapsedBy: 'DEALER' },
    async (scene) => {
      const own = await scene.open();
      await swept(scene, 48 * HOUR);
      return own;
    },
  ],
  "accepted by the dealer's rules": [
    { ...PLAIN, status: 'ACCEPTED', holdExpiresAt: 7 * DAY },
    async (scene) => scene.open({ vehicle: await scene.vehicle({ autoAcceptAt: '15000' }) }),
  ],
  "turned down by the dealer's rules": [
    { ...PLAIN, status: 'REJECTED', endReason: 'OFFER_TOO_LOW' },
    async (scene) => scene.open({ vehicle: await scene.vehicle({ autoDeclineBelow: '15000.01' }) }),
  ],
  'displaced, and the sale fell through': [
    { ...closed, endReason: 'SOLD_TO_ANOTHER', buyerOffersRemaining: 5 },
    async (scene) => {
      const { own, winner } = await displaced(scene, scene.open());
      await scene.done(scene.dealer, 'cancelSale', { negotiationId: winner.id });
      return own;
    },
  ],
  'displaced, and the hold is about to run out': [
    { ...closed, endReason: 'SOLD_TO_ANOTHER' },
    async (scene) => {
      const { own } = await displaced(scene, scene.open());
      scene.app.clock.advance(7 * DAY - 1);
      return own;
    },
  ],
  'displaced, and the hold ran out without anybody having written it down': [
    { ...closed, endReason: 'SOLD_TO_ANOTHER', buyerOffersRemaining: 5 },
    async (scene) => {
      const { own } = await displaced(scene, scene.open());
      scene.app.clock.advance(7 * DAY);
      return own;
    },
  ],
  'displaced, and the hold ran out': [
    { ...closed, endReason: 'SOLD_TO_ANOTHER', buyerOffersRemaining: 5 },
    async (scene) => {
      const { own } = await displaced(scene, scene.open());
      await swept(scene, 7 * DAY);
      return own;
    },
  ],
  'invited, displaced, and the sale fell through': [
    { ...closed, endReason: 'SOLD_TO_ANOTHER', buyerOffersRemaining: 5 },
    async (scene) => {
      const before = invited(scene).then(async (own) => {
        await scene.counter(scene.buyer, own, '15000');
        return own;
      });
      const { own, winner } = await displaced(scene, before);
      await scene.done(scene.rival, 'cancelSale', { negotiationId: winner.id });
      return own;
    },
  ],
  'displaced, and the vehicle sold': [
    { ...closed, endReason: 'SOLD_TO_ANOTHER' },
    async (scene) => {
      const { own, winner } = await displaced(scene, scene.open());
      await scene.done(scene.dealer, 'completeSale', { negotiationId: winner.id });
      return own;
    },
  ],
  'with its last offer made': [
    { ...open, turn: 'DEALER', buyerOffersRemaining: 0 },
    async (scene) => {
      const vehicle = await scene.vehicle();
      for (let count = 0; count < 4; count++) {
        const { id } = await scene.open({ vehicle });
        await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: id });
      }
      return scene.open({ vehicle });
    },
  ],
  'with nothing left between the two': [
    { ...open, turn: 'BUYER' },
    async (scene) => {
      const own = await scene.open();
      await scene.counter(scene.dealer, own, '15000.01');
      return own;
    },
  ],
  'open, and repriced': [
    { ...open, turn: 'DEALER' },
    async (scene) => {
      const own = await scene.open();
      const input = { id: own.vehicle.id, askingPrice: '18000' };
      await moveVehicle(scene.app, scene.dealer, 'updateVehicle', input);
      return own;
    },
  ],
  'ended, and repriced': [
    { ...PLAIN, status: 'REJECTED', endReason: 'CHANGED_MIND', minimumOffer: '9000.01' },
    async (scene) => {
      const own = await scene.open();
      const input = { negotiationId: own.id, reason: 'CHANGED_MIND' };
      await scene.done(scene.dealer, 'rejectNegotiation', input);
      const price = { id: own.vehicle.id, askingPrice: '18000.01' };
      await moveVehicle(scene.app, scene.dealer, 'updateVehicle', price);
      return own;
    },
  ],
};

const all: Array<[name: string, expected: Fields, bring: Bring]> = [
  ...Object.entries(states).map(
    ([name, bring]) => [name, expectedIn[name as StateName], bring] as [string, Fields, Bring],
  ),
  ...Object.entries(more).map(([name, row]) => [name, ...row] as [string, Fields, Bring]),
];

describe.each(databaseKinds)('the fields of a negotiation in each state, on %s', (kind) => {
  const scene = useScene(kind);

  it.each(all)('%s', async (_name, expected, bring) => {
    const own = await bring(scene);
    const inWords = (ms: number | null) => (ms === null ? null : scene.at(ms));
    const told = {
      ...expected,
      expiresAt: inWords(expected.expiresAt),
      holdExpiresAt: inWords(expected.holdExpiresAt),
    };
    for (const who of [scene.buyer, scene.dealer]) expect(await scene.read(own, who)).toMatchObject(told);
  });

  it('and what the rules have answered waits for nobody', async () => {
    const { app } = scene;
    const dealer = await app.build.dealer();
    const rules = { autoAcceptAt: '18000', autoDeclineBelow: '14000' };
    const waiting = [];
    for (const amount of ['18000', '13999.99', '15000', '17999.99'])
      waiting.push(
        await app.build.negotiation({
          vehicle: await app.build.vehicle(dealer, rules),
          buyer: scene.buyer,
          amount,
        }),
      );
    type Pending = { pendingOffers: { totalCount: number; nodes: Array<{ id: string }> } };
    const { pendingOffers } = await app.ok<Pending, object>(
      '{ pendingOffers { totalCount nodes { id } } }',
      {},
      dealer,
    );
    expect(pendingOffers).toEqual({
      totalCount: 2,
      nodes: waiting.slice(2).map(({ offerId: id }) => ({ id })),
    });
  });
});
