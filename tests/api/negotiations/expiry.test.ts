import { describe, expect, it } from 'vitest';
import { Negotiation } from '../../../src/modules/negotiations/index.js';
import {
  ActiveNegotiationsDocument,
  MyNegotiationOnDocument,
  type NegotiationStatus,
  NegotiationsDocument,
  PendingOffersDocument,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import { DAY, HOUR } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { move } from '../../support/moves.js';
import { expectSound } from '../../support/replay.js';
import { useScene } from './scene.js';

describe.each(databaseKinds)('expiry on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  describe('of an offer that nobody has written down yet', () => {
    it.each(['DEALER', 'BUYER'] as const)(
      'is told in every field, the %s having been silent',
      async (lapsedBy) => {
        const negotiation = await scene.open();
        if (lapsedBy === 'BUYER') await scene.counter(scene.dealer, negotiation, '18000');
        const due = scene.at(48 * HOUR);
        app.clock.advance(48 * HOUR - 1);
        expect(await scene.read(negotiation)).toMatchObject({
          status: 'ACTIVE',
          turn: lapsedBy,
          lapsedBy: null,
          expiresAt: due,
          currentOffer: { status: 'PENDING', expiresAt: due },
        });
        app.clock.advance(1);
        const seen = await scene.read(negotiation);
        expect(seen).toMatchObject({
          status: 'EXPIRED',
          turn: null,
          endReason: 'LAPSED',
          lapsedBy,
          expiresAt: null,
          agreedPrice: null,
          minimumOffer: '10000.00',
          currentOffer: { status: 'EXPIRED', resolvedBy: 'SYSTEM', expiresAt: due, respondedAt: due },
        });
        expect(seen.offers.at(-1)).toEqual(seen.currentOffer);
        expect((await ledgerOf(app, [negotiation.vehicle.id])).negotiations[0]?.status).toBe('ACTIVE');
      },
    );

    it('is told alike before and after the sweep, but for the entry that it adds to the log', async () => {
      const negotiation = await scene.open();
      app.clock.advance(48 * HOUR);
      const before = await scene.read(negotiation);
      // It comes by when it does: when it was answered is told alike.
      app.clock.advance(5_000);
      await scene.sweep();
      const { events, lastSequence, unreadCount, ...after } = await scene.read(negotiation);
      expect(before).toEqual({
        ...after,
        events: before.events,
        lastSequence: lastSequence - 1,
        unreadCount: unreadCount - 1,
      });
      expect(events.nodes.at(-1)).toMatchObject({ sequence: 2, kind: 'NEGOTIATION_EXPIRED', party: null });
    });

    it('leaves the lists of what is open, and enters that of what has expired', async () => {
      const { id, vehicle } = await scene.open();
      const filter = { vehicleId: vehicle.id };
      const lists = async () => {
        const listed = async (statuses: NegotiationStatus[]) =>
          (await app.ok(NegotiationsDocument, { filter: { ...filter, statuses } }, scene.buyer)).negotiations
            .totalCount;
        const active = await app.ok(ActiveNegotiationsDocument, { first: 100 }, scene.buyer);
        const pending = await app.ok(PendingOffersDocument, { first: 100 }, scene.dealer);
        const turn = await app.ok(
          NegotiationsDocument,
          { filter: { ...filter, turn: 'DEALER' } },
          scene.buyer,
        );
        return {
          active: active.activeNegotiations.nodes.some((node) => node.id === id),
          pending: pending.pendingOffers.nodes.some((node) => node.negotiation.id === id),
          waiting: turn.negotiations.totalCount,
          ACTIVE: await listed(['ACTIVE']),
          EXPIRED: await listed(['EXPIRED']),
        };
      };
      expect(await lists()).toEqual({ active: true, pending: true, waiting: 1, ACTIVE: 1, EXPIRED: 0 });
      app.clock.advance(48 * HOUR);
      const gone = { active: false, pending: false, waiting: 0, ACTIVE: 0, EXPIRED: 1 };
      expect(await lists()).toEqual(gone);
      await scene.sweep();
      expect(await lists()).toEqual(gone);
    });

    it("is told of the buyer's own on the vehicle", async () => {
      const { id, vehicle } = await scene.open();
      app.clock.advance(48 * HOUR);
      const found = await app.ok(MyNegotiationOnDocument, { vehicleId: vehicle.id }, scene.buyer);
      expect(found.vehicle?.myNegotiation).toEqual({ id, status: 'EXPIRED' });
    });
  });

  describe('of a hold that nobody has written down yet', () => {
    it('is told in every field, and alike after the sweep', async () => {
      const negotiation = await scene.open();
      await scene.accept(scene.dealer, negotiation);
      app.clock.advance(7 * DAY - 1);
      expect(await scene.read(negotiation)).toMatchObject({ status: 'ACCEPTED', holdExpiresAt: scene.at(1) });
      app.clock.advance(1);
      const told = {
        status: 'FELL_THROUGH',
        turn: null,
        endReason: 'HOLD_LAPSED',
        lapsedBy: null,
        holdExpiresAt: null,
        agreedPrice: '15000.00',
      };
      expect(await scene.read(negotiation)).toMatchObject({ ...told, lastSequence: 2 });
      await scene.sweep();
      expect(await scene.read(negotiation)).toMatchObject({
        ...told,
        lastSequence: 3,
        vehicle: { status: 'ACTIVE' },
        events: { nodes: [{}, {}, { kind: 'DEAL_FELL_THROUGH', party: null }] },
      });
    });

    it("stands in no other buyer's way: who starts has it written down first", async () => {
      const vehicle = await scene.vehicle();
      const displaced = await scene.open({ vehicle, buyer: scene.rival });
      const held = await scene.open({ vehicle });
      await scene.accept(scene.dealer, held);
      app.clock.advance(7 * DAY);
      const started = await scene.open({ vehicle, buyer: scene.rival });
      expect(await scene.read(started)).toMatchObject({
        status: 'ACTIVE',
        buyerOffersRemaining: 4,
        vehicle: { status: 'ACTIVE' },
      });
      expect(await scene.read(held)).toMatchObject({ status: 'FELL_THROUGH', lastSequence: 3 });
      expect(await scene.read(displaced)).toMatchObject({ status: 'CLOSED' });
      expect(await scene.sweep()).toEqual({ lapsed: 0, released: 0 });
      expectSound(await ledgerOf(app, [vehicle.id]));
    });

    it('is not written down by who starts in vain', async () => {
      const vehicle = await scene.vehicle();
      await scene.accept(scene.dealer, await scene.open({ vehicle }));
      app.clock.advance(7 * DAY);
      const before = await ledgerOf(app, [vehicle.id]);
      const input = { vehicleId: vehicle.id, amount: '1' };
      expect((await move(app, scene.rival, 'startNegotiation', input)).code).toBe('OFFER_OUT_OF_BOUNDS');
      expect(await ledgerOf(app, [vehicle.id])).toEqual(before);
      expect(await scene.sweep()).toMatchObject({ released: 1 });
    });
  });

  describe('as the sweep writes it down', () => {
    it('is done once, however often it runs', async () => {
      await scene.sweep();
      const vehicle = await scene.vehicle();
      await scene.open({ vehicle });
      await scene.open({ vehicle, buyer: scene.rival });
      await scene.accept(scene.dealer, await scene.open());
      expect(await scene.sweep()).toEqual({ lapsed: 0, released: 0 });
      app.clock.advance(7 * DAY);
      expect(await scene.sweep()).toEqual({ lapsed: 2, released: 1 });
      const after = await ledgerOf(app);
      expect(await scene.sweep()).toEqual({ lapsed: 0, released: 0 });
      expect(await ledgerOf(app)).toEqual(after);
    });

    it('is done once by four that run at once', async () => {
      await scene.sweep();
      const opened = await Promise.all([1, 2, 3, 4].map(() => scene.open()));
      await scene.accept(scene.dealer, await scene.open());
      app.clock.advance(7 * DAY);
      const swept = await Promise.all([1, 2, 3, 4].map(() => scene.sweep()));
      const sum = (of: 'lapsed' | 'released') => swept.reduce((total, found) => total + found[of], 0);
      expect({ lapsed: sum('lapsed'), released: sum('released') }).toEqual({ lapsed: 4, released: 1 });
      for (const negotiation of opened)
        expect(await scene.read(negotiation)).toMatchObject({ status: 'EXPIRED', lastSequence: 2 });
      expectSound(await ledgerOf(app));
    });

    it('goes on behind one that cannot be settled', async () => {
      await scene.sweep();
      const broken = await scene.open();
      const sound = await scene.open();
      const em = app.orm.em.fork();
      // No service does this: a row whose offer is gone.
      await em.nativeUpdate(Negotiation, { id: broken.id }, { currentOffer: null });
      app.clock.advance(48 * HOUR);
      expect(await scene.sweep()).toEqual({ lapsed: 1, released: 0 });
      expect(await scene.read(sound)).toMatchObject({ status: 'EXPIRED', lastSequence: 2 });
      await em.nativeUpdate(Negotiation, { id: broken.id }, { currentOffer: broken.offerId });
      expect(await scene.sweep()).toEqual({ lapsed: 1, released: 0 });
    });

    it('tells who follows the log after it is written', async () => {
      const { id } = await scene.open();
      const heard: unknown[] = [];
      const stop = app.system.services.bus.subscribe(`negotiation:${id}`, (message) => heard.push(message));
      app.clock.advance(48 * HOUR);
      await scene.sweep();
      await new Promise((resolve) => setTimeout(resolve, 20));
      stop();
      expect(heard).toEqual([{ sequence: 2 }]);
    });
  });
});
