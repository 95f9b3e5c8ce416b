import { describe, expect, it } from 'vitest';
import { NegotiationEventsDocument, VehicleUpdatedDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltNegotiation, DealerPerson, Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { useLive } from '../../support/live.js';
import { expectSound } from '../../support/replay.js';
import { openRivals } from '../../support/rivals.js';
import { deleteAccount, leave } from '../accounts/leaving.js';
import { useScene } from './scene.js';

describe.each(databaseKinds)('a party that deletes its account, on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  /** One who is there for one test only. */
  const leaver = () => app.build.buyer();

  const inbox = async ({ token }: Person) => {
    type Inbox = { notifications: { nodes: Array<{ kind: string; negotiation: { id: string } }> } };
    const document = '{ notifications(first: 100) { nodes { kind negotiation { id } } } }';
    return (await app.ok<Inbox, object>(document, {}, { token })).notifications.nodes;
  };

  const told = async (who: Person, { id }: { id: string }) =>
    (await inbox(who)).filter(({ negotiation }) => negotiation?.id === id).map((entry) => entry.kind);

  /** What is stored of somebody's inbox: nothing, of who has gone. */
  const inboxOf = async ({ id }: Person) =>
    (await ledgerOf(app)).notifications.filter(({ userId }) => userId === id);

  describe('as the buyer', () => {
    it('withdraws from all that is open, whoever has the turn, and from nothing else', async () => {
      const buyer = await leaver();
      const [open, countered] = [await scene.open({ buyer }), await scene.open({ buyer })];
      await scene.counter(scene.dealer, countered, '18000');
      const rejected = await scene.open({ buyer });
      await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId: rejected.id });
      const rivals = await scene.open({ vehicle: open.vehicle });
      const before = await scene.read(rejected);
      app.clock.advance(1_000);
      await leave(app, buyer);

      expect(await scene.read(open)).toMatchObject({ status: 'CANCELLED', endReason: 'OTHER', turn: null });
      const ends = [await scene.read(open), await scene.read(countered)];
      const answered = { resolvedBy: 'USER', respondedAt: scene.at() };
      expect(ends.map(({ offers }) => offers.at(-1))).toMatchObject([
        { party: 'BUYER', status: 'WITHDRAWN', ...answered },
        { party: 'DEALER', status: 'CLOSED', ...answered },
      ]);
      for (const { events } of ends) {
        expect(events.nodes.at(-1)).toMatchObject({
          kind: 'NEGOTIATION_CANCELLED',
          party: 'BUYER',
          message: null,
        });
      }
      expect(await scene.read(rejected)).toEqual(before);
      expect(await scene.read(rivals)).toMatchObject({ status: 'ACTIVE' });
      for (const negotiation of [open, countered]) {
        expect((await told(scene.dealer, negotiation))[0]).toBe('NEGOTIATION_CANCELLED');
      }
      expectSound(await ledgerOf(app));
    });

    it('is "Deleted user" to the dealer, who still reads what was said', async () => {
      const buyer = await leaver();
      const negotiation = await scene.open({ buyer, message: 'My wife loves it.' });
      await leave(app, buyer);
      const document = `query ($id: ID!) {
        negotiation(id: $id) { buyer { id displayName } offers { amount message } events { nodes { kind message } } }
      }`;
      expect(await app.ok(document, { id: negotiation.id }, scene.dealer)).toEqual({
        negotiation: {
          buyer: { id: buyer.id, displayName: 'Deleted user' },
          offers: [{ amount: '15000.00', message: 'My wife loves it.' }],
          events: {
            nodes: [
              { kind: 'OFFER_SUBMITTED', message: 'My wife loves it.' },
              { kind: 'NEGOTIATION_CANCELLED', message: null },
            ],
          },
        },
      });
    });

    it('writes down of one that has lapsed that it has, and tells only the dealer', async () => {
      const buyer = await leaver();
      const negotiation = await scene.open({ buyer });
      app.clock.advance(48 * HOUR);
      await leave(app, buyer);
      expect(await scene.read(negotiation)).toMatchObject({
        status: 'EXPIRED',
        lapsedBy: 'DEALER',
        lastSequence: 2,
      });
      expect(await told(scene.dealer, negotiation)).toEqual(['NEGOTIATION_EXPIRED', 'OFFER_RECEIVED']);
      expect(await inboxOf(buyer)).toEqual([]);
      expectSound(await ledgerOf(app));
    });

    it('is refused while a vehicle is held for it, and nothing changes', async () => {
      const buyer = await leaver();
      const [held, open] = [await scene.open({ buyer }), await scene.open({ buyer })];
      await scene.accept(scene.dealer, held);
      const refusal = await scene.refused(() => deleteAccount(app, buyer));
      expect(refusal).toMatchObject({
        code: 'CONFLICT',
        statusCode: 409,
        message: 'A vehicle is held after an agreement. Complete or cancel the sale first.',
      });
      expect(await scene.read(held)).toMatchObject({ status: 'ACCEPTED' });
      expect(await scene.read(open)).toMatchObject({ status: 'ACTIVE' });
      expect(await app.ok('{ me { id } }', {}, buyer)).toEqual({ me: { id: buyer.id } });
      await scene.done(buyer, 'cancelSale', { negotiationId: held.id });
      await leave(app, buyer);
    });

    it('releases a hold whose time is up, swept or not', async () => {
      const buyer = await leaver();
      const held = await scene.open({ buyer });
      const rival = await scene.open({ vehicle: held.vehicle, buyer: scene.rival });
      await scene.accept(scene.dealer, held);
      app.clock.advance(7 * DAY);
      await leave(app, buyer);
      expect(await scene.read(held)).toMatchObject({
        status: 'FELL_THROUGH',
        endReason: 'HOLD_LAPSED',
        vehicle: { status: 'ACTIVE' },
      });
      expect((await told(scene.rival, rival))[0]).toBe('DEAL_FELL_THROUGH');
      expectSound(await ledgerOf(app));
    });

    it('is told no more that a vehicle is to be had again', async () => {
      const buyer = await leaver();
      const vehicle = await scene.vehicle();
      await scene.open({ vehicle, buyer });
      const winner = await scene.open({ vehicle, buyer: scene.rival });
      await scene.accept(scene.dealer, winner);
      await leave(app, buyer);
      await scene.done(scene.dealer, 'cancelSale', { negotiationId: winner.id });
      expect(await inboxOf(buyer)).toEqual([]);
      expectSound(await ledgerOf(app));
    });

    it('takes as many statements for 12 negotiations as for 2', async () => {
      const counts: number[] = [];
      for (const many of [2, 12]) {
        const buyer = await leaver();
        for (let i = 0; i < many; i++) await openRivals(app, (await scene.vehicle()).id, [buyer]);
        counts.push((await app.statements(() => leave(app, buyer))).length);
      }
      expect(counts[1]).toBe(counts[0]);
    });
  });

  describe('as the dealer', () => {
    const leavingDealer = async (): Promise<DealerPerson> => app.build.dealer();

    const dealOf = async (dealer: DealerPerson, buyer: Person = scene.buyer): Promise<BuiltNegotiation> =>
      app.build.negotiation({ vehicle: await app.build.vehicle(dealer), buyer });

    it('closes all that is open about its vehicles, and tells the buyers', async () => {
      const dealer = await leavingDealer();
      const [open, rivals] = [await dealOf(dealer), await dealOf(dealer, scene.rival)];
      await scene.counter(dealer, open, '18000');
      const elsewhere = await scene.open();
      await leave(app, dealer);
      for (const [negotiation, buyer] of [
        [open, scene.buyer],
        [rivals, scene.rival],
      ] as const) {
        expect(await scene.read(negotiation, buyer)).toMatchObject({
          status: 'CLOSED',
          endReason: 'VEHICLE_UNAVAILABLE',
          vehicle: { status: 'ARCHIVED' },
        });
        expect((await told(buyer, negotiation))[0]).toBe('NEGOTIATION_CLOSED');
      }
      expect(await scene.read(elsewhere)).toMatchObject({ status: 'ACTIVE' });
      expectSound(await ledgerOf(app));
    });

    it('writes down of one that has lapsed that it has, and tells only the buyer', async () => {
      const dealer = await leavingDealer();
      const negotiation = await dealOf(dealer);
      app.clock.advance(48 * HOUR);
      await leave(app, dealer);
      expect(await scene.read(negotiation, scene.buyer)).toMatchObject({
        status: 'EXPIRED',
        lapsedBy: 'DEALER',
      });
      expect(await told(scene.buyer, negotiation)).toEqual(['NEGOTIATION_EXPIRED']);
      expect(await inboxOf(dealer)).toEqual([]);
      expectSound(await ledgerOf(app));
    });

    it('is refused while it holds a vehicle for somebody, and nothing changes', async () => {
      const dealer = await leavingDealer();
      const [held, open] = [await dealOf(dealer), await dealOf(dealer, scene.rival)];
      await scene.accept(dealer, held);
      expect(await scene.refused(() => deleteAccount(app, dealer))).toMatchObject({ code: 'CONFLICT' });
      expect(await scene.read(open, scene.rival)).toMatchObject({
        status: 'ACTIVE',
        vehicle: { status: 'ACTIVE' },
      });
      expect(await app.ok('{ myDealer { id isVerified } }', {}, dealer)).toEqual({
        myDealer: { id: dealer.dealerId, isVerified: true },
      });
      await scene.done(dealer, 'completeSale', { negotiationId: held.id });
      await leave(app, dealer);
      expect(await scene.read(held, scene.buyer)).toMatchObject({
        status: 'COMPLETED',
        vehicle: { status: 'SOLD' },
      });
    });

    it('archives a vehicle whose hold is up, and tells who waited for it', async () => {
      const dealer = await leavingDealer();
      const held = await dealOf(dealer);
      const rival = await scene.open({ vehicle: held.vehicle, buyer: scene.rival });
      await scene.accept(dealer, held);
      app.clock.advance(7 * DAY);
      await leave(app, dealer);
      expect(await scene.read(held, scene.buyer)).toMatchObject({
        status: 'FELL_THROUGH',
        endReason: 'HOLD_LAPSED',
        vehicle: { status: 'ARCHIVED' },
      });
      expect(await told(scene.buyer, held)).toEqual(['DEAL_FELL_THROUGH', 'OFFER_ACCEPTED']);
      expect((await told(scene.rival, rival))[0]).toBe('DEAL_FELL_THROUGH');
      expectSound(await ledgerOf(app));
    });

    it('takes as many statements for 12 vehicles under negotiation as for 2', async () => {
      const counts: number[] = [];
      for (const many of [2, 12]) {
        const dealer = await leavingDealer();
        for (let i = 0; i < many; i++)
          await openRivals(app, (await app.build.vehicle(dealer)).id, [scene.buyer]);
        counts.push((await app.statements(() => leave(app, dealer))).length);
      }
      expect(counts[1]).toBe(counts[0]);
    });
  });
});

describe('a party that deletes its account', () => {
  const app = useApp('sqlite');
  const live = useLive(app);

  it('is heard to go: by the dealer, by the buyers, and by whoever follows a vehicle', async () => {
    const [ofBuyer, ofDealer] = [await app.build.negotiation(), await app.build.negotiation()];
    const follow = (who: Person, { id: negotiationId }: BuiltNegotiation) =>
      live.follow(who, NegotiationEventsDocument, { negotiationId, after: 1 });
    const [dealer, buyer] = [await follow(ofBuyer.dealer, ofBuyer), await follow(ofDealer.buyer, ofDealer)];
    const vehicleId = ofDealer.vehicle.id;
    const stranger = await live.listen(undefined, `vehicle:${vehicleId}`, VehicleUpdatedDocument, {
      vehicleId,
    });
    await leave(app, ofBuyer.buyer);
    await leave(app, ofDealer.dealer);
    expect(await dealer.take(1)).toMatchObject([
      { negotiationEvents: { sequence: 2, kind: 'NEGOTIATION_CANCELLED' } },
    ]);
    expect(await buyer.take(1)).toMatchObject([
      { negotiationEvents: { sequence: 2, kind: 'NEGOTIATION_CLOSED' } },
    ]);
    expect(await stranger.take(1)).toMatchObject([{ vehicleUpdated: { status: 'ARCHIVED' } }]);
  });
});
