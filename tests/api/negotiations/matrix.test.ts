import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../support/app.js';
import type { DealerPerson, Person } from '../../support/builders.js';
import { ledgerOf } from '../../support/ledger.js';
import { type Mutation, move } from '../../support/moves.js';
import { expectSound } from '../../support/replay.js';
import { useScene } from './scene.js';
import { type Brought, type StateName, states } from './states.js';

type Action = Exclude<Mutation, 'startNegotiation'>;
/** What the buyer and the dealer are answered. */
type Row = Record<Action, readonly [buyer: string, dealer: string]>;

/** An ended negotiation: everything that would be one's own to do comes too late. */
const ended = (code: string): Row => ({
  submitOffer: [code, code],
  acceptOffer: [code, code],
  rejectNegotiation: ['FORBIDDEN', code],
  cancelNegotiation: [code, 'FORBIDDEN'],
  completeSale: ['FORBIDDEN', code],
  cancelSale: [code, code],
  sendMessage: [code, code],
});

const table: Record<StateName, Row> = {
  'ACTIVE, the dealer to answer': {
    submitOffer: ['NOT_YOUR_TURN', 'OK'],
    acceptOffer: ['NOT_YOUR_TURN', 'OK'],
    rejectNegotiation: ['FORBIDDEN', 'OK'],
    cancelNegotiation: ['OK', 'FORBIDDEN'],
    completeSale: ['FORBIDDEN', 'CONFLICT'],
    cancelSale: ['CONFLICT', 'CONFLICT'],
    sendMessage: ['OK', 'OK'],
  },
  'ACTIVE, the buyer to answer': {
    submitOffer: ['OK', 'NOT_YOUR_TURN'],
    acceptOffer: ['OK', 'NOT_YOUR_TURN'],
    rejectNegotiation: ['FORBIDDEN', 'NOT_YOUR_TURN'],
    cancelNegotiation: ['OK', 'FORBIDDEN'],
    completeSale: ['FORBIDDEN', 'CONFLICT'],
    cancelSale: ['CONFLICT', 'CONFLICT'],
    sendMessage: ['OK', 'OK'],
  },
  ACCEPTED: {
    submitOffer: ['NEGOTIATION_ENDED', 'NEGOTIATION_ENDED'],
    acceptOffer: ['NEGOTIATION_ENDED', 'NEGOTIATION_ENDED'],
    rejectNegotiation: ['FORBIDDEN', 'NEGOTIATION_ENDED'],
    cancelNegotiation: ['NEGOTIATION_ENDED', 'FORBIDDEN'],
    completeSale: ['FORBIDDEN', 'OK'],
    cancelSale: ['OK', 'OK'],
    sendMessage: ['OK', 'OK'],
  },
  COMPLETED: ended('NEGOTIATION_ENDED'),
  FELL_THROUGH: ended('NEGOTIATION_ENDED'),
  'FELL_THROUGH by time, not written down': ended('NEGOTIATION_ENDED'),
  'FELL_THROUGH by time': ended('NEGOTIATION_ENDED'),
  REJECTED: ended('NEGOTIATION_ENDED'),
  CANCELLED: ended('NEGOTIATION_ENDED'),
  'EXPIRED, not written down': ended('OFFER_EXPIRED'),
  EXPIRED: ended('OFFER_EXPIRED'),
  'CLOSED by a rival': ended('NEGOTIATION_ENDED'),
  'CLOSED with its vehicle archived': ended('NEGOTIATION_ENDED'),
};

/** To strangers it does not exist, in whatever state; admins may look and do nothing. */
const strangers = {
  rival: 'NOT_FOUND',
  otherDealer: 'NOT_FOUND',
  admin: 'FORBIDDEN',
  guest: 'UNAUTHENTICATED',
};

/** What the buyer, and a rival who has not offered yet, are answered when they would start one on its vehicle. */
const starts: Record<StateName, readonly [buyer: string, rival: string]> = {
  'ACTIVE, the dealer to answer': ['ALREADY_NEGOTIATING', 'OK'],
  'ACTIVE, the buyer to answer': ['ALREADY_NEGOTIATING', 'OK'],
  ACCEPTED: ['ALREADY_NEGOTIATING', 'VEHICLE_UNAVAILABLE'],
  COMPLETED: ['VEHICLE_UNAVAILABLE', 'VEHICLE_UNAVAILABLE'],
  FELL_THROUGH: ['OK', 'OK'],
  'FELL_THROUGH by time, not written down': ['OK', 'OK'],
  'FELL_THROUGH by time': ['OK', 'OK'],
  REJECTED: ['OK', 'OK'],
  CANCELLED: ['OK', 'OK'],
  'EXPIRED, not written down': ['OK', 'OK'],
  EXPIRED: ['OK', 'OK'],
  'CLOSED by a rival': ['VEHICLE_UNAVAILABLE', 'VEHICLE_UNAVAILABLE'],
  'CLOSED with its vehicle archived': ['VEHICLE_UNAVAILABLE', 'VEHICLE_UNAVAILABLE'],
};

const names = Object.keys(states) as StateName[];

describe.each(databaseKinds)('each action of each role in each state, on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;
  let otherDealer: DealerPerson;
  let admin: Person;

  beforeAll(async () => {
    otherDealer = await app.build.dealer();
    admin = await app.build.admin();
  });

  const person = (role: string): { token: string | undefined } =>
    ({ buyer: scene.buyer, dealer: scene.dealer, rival: scene.rival, otherDealer, admin })[role] ?? {
      token: undefined,
    };

  function attempt(role: string, action: Action, { id, offerId }: Brought) {
    const input = { negotiationId: id };
    if (action === 'acceptOffer') return move(app, person(role), action, { ...input, offerId });
    if (action === 'sendMessage') return move(app, person(role), action, { ...input, body: 'Hello' });
    if (action === 'submitOffer') return move(app, person(role), action, { ...input, amount: '17000' });
    return move(app, person(role), action, input);
  }

  /** Does one thing after the other; tells of each its code, and whether anything that is stored has changed. */
  async function outcomes(vehicleId: string, acts: ReadonlyArray<() => Promise<{ code: string }>>) {
    const found: Array<{ code: string; changed: boolean }> = [];
    let before = JSON.stringify(await ledgerOf(app, [vehicleId]));
    for (const act of acts) {
      const { code } = await act();
      const after = JSON.stringify(await ledgerOf(app, [vehicleId]));
      found.push({ code, changed: after !== before });
      before = after;
    }
    expectSound(await ledgerOf(app, [vehicleId]));
    return found;
  }

  describe.each(names)('%s', (name) => {
    const rows = Object.entries(table[name]).flatMap(([action, [buyer, dealer]]) =>
      Object.entries({ buyer, dealer, ...strangers }).map(
        ([role, code]) => [role, action as Action, code] as const,
      ),
    );

    it('refuses what it should, and changes nothing', async () => {
      const negotiation = await states[name](scene);
      const refused = rows.filter(([, , code]) => code !== 'OK');
      const acts = refused.map(
        ([role, action]) =>
          () =>
            attempt(role, action, negotiation),
      );
      const found = await outcomes(negotiation.vehicle.id, acts);
      const told = refused.map(([role, action], i) => ({ role, action, ...found[i] }));
      expect(told).toEqual(refused.map(([role, action, code]) => ({ role, action, code, changed: false })));
    });

    for (const [role, action] of rows.filter(([, , code]) => code === 'OK')) {
      it(`lets the ${role} do ${action}`, async () => {
        const negotiation = await states[name](scene);
        const found = await outcomes(negotiation.vehicle.id, [() => attempt(role, action, negotiation)]);
        expect(found).toEqual([{ code: 'OK', changed: true }]);
      });
    }

    it('lets start another one who may', async () => {
      const [buyer, rival] = starts[name];
      const roles = {
        guest: 'UNAUTHENTICATED',
        admin: 'FORBIDDEN',
        dealer: 'FORBIDDEN',
        otherDealer: 'FORBIDDEN',
      };
      const { vehicle } = await states[name](scene);
      const input = { vehicleId: vehicle.id, amount: '15000' };
      const expected = Object.entries({ ...roles, rival, buyer });
      const found = await outcomes(
        vehicle.id,
        expected.map(
          ([role]) =>
            () =>
              move(app, person(role), 'startNegotiation', input),
        ),
      );
      expect(expected.map(([role], i) => ({ role, ...found[i] }))).toEqual(
        expected.map(([role, code]) => ({ role, code, changed: code === 'OK' })),
      );
    });
  });
});
