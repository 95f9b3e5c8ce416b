import { describe, expect, it } from 'vitest';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { move, moveVehicle } from '../../support/moves.js';
import { expectSound } from '../../support/replay.js';
import { leave } from '../accounts/leaving.js';
import { invite, keep, keepers, tryInvite } from './inviting.js';
import { badMessages, unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('inviteInterestedBuyers on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  /** A vehicle at 20,000 that these keep. */
  async function kept(...people: Person[]) {
    const vehicle = await scene.vehicle();
    await keep(app, vehicle.id, ...people);
    return vehicle;
  }

  const newest = async ({ token }: Person) => {
    type Inbox = { notifications: { nodes: Array<Record<string, unknown>> } };
    const document =
      '{ notifications(first: 1) { nodes { kind vehicle { id } negotiation { id } offer { id amount } } } }';
    return (await app.ok<Inbox, object>(document, {}, { token })).notifications.nodes[0];
  };

  const unsave = ({ token }: Person, id: string) =>
    app.ok(
      'mutation ($input: VehicleIdInput!) { unsaveVehicle(input: $input) { vehicle { id } } }',
      { input: { id } },
      { token },
    );

  describe('opens a negotiation', () => {
    it("for each buyer who saved the vehicle, with the dealer's offer, for 96 hours", async () => {
      const vehicle = await kept(scene.rival, scene.buyer);
      const input = { vehicleId: vehicle.id, amount: '18500', message: '  Come and see it.  ' };
      const invited = await invite(app, scene.dealer, input);
      expect(invited).toEqual(
        [scene.rival, scene.buyer].map(({ id }) => ({
          id: expect.any(String),
          status: 'ACTIVE',
          turn: 'BUYER',
          buyer: { id },
          currentOffer: {
            id: expect.any(String),
            amount: '18500.00',
            party: 'DEALER',
            message: 'Come and see it.',
            status: 'PENDING',
            expiresAt: scene.at(96 * HOUR),
          },
        })),
      );
      const [, own] = invited as [unknown, (typeof invited)[0]];
      expect(await scene.read(own, scene.buyer)).toMatchObject({
        expiresAt: scene.at(96 * HOUR),
        minimumOffer: '10000.00',
        buyerOffersRemaining: 5,
        lastSequence: 1,
        offers: [{ party: 'DEALER', amount: '18500.00' }],
        events: {
          nodes: [{ sequence: 1, kind: 'OFFER_SUBMITTED', party: 'DEALER', message: 'Come and see it.' }],
        },
      });
      expect(await newest(scene.buyer)).toEqual({
        kind: 'OFFER_RECEIVED',
        vehicle: { id: vehicle.id },
        negotiation: { id: own.id },
        offer: { id: own.currentOffer.id, amount: '18500.00' },
      });
      const ledger = await ledgerOf(app, [vehicle.id]);
      expect(ledger.negotiations).toMatchObject([
        { buyerOfferCount: 0, dealerAmount: 1_850_000, buyerAmount: null },
        { buyerOfferCount: 0, dealerAmount: 1_850_000, buyerAmount: null },
      ]);
      expectSound(ledger);
    });

    it('for buyers only, who are still there, still keep it and have none open', async () => {
      const [gone, mindChanged, open] = [
        await app.build.buyer(),
        await app.build.buyer(),
        await app.build.buyer(),
      ];
      const others = [await app.build.admin(), scene.dealer, await app.build.dealer()];
      const vehicle = await kept(gone, mindChanged, open, scene.rival, ...others, scene.buyer);
      await app.build.negotiation({ vehicle, buyer: open });
      await leave(app, gone);
      await unsave(mindChanged, vehicle.id);
      // What has ended stands in nobody's way.
      const ended = await app.build.negotiation({ vehicle, buyer: scene.rival });
      await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId: ended.id });

      const input = { vehicleId: vehicle.id, amount: '19000' };
      const invited = await invite(app, scene.dealer, input);
      expect(invited.map(({ buyer }) => buyer.id)).toEqual([scene.rival.id, scene.buyer.id]);
      expect(await invite(app, scene.dealer, input)).toEqual([]);
      await unsave(scene.buyer, vehicle.id);
      for (const { id } of invited) {
        const who = id === invited[0]?.id ? scene.rival : scene.buyer;
        await scene.done(who, 'cancelNegotiation', { negotiationId: id });
      }
      const again = await invite(app, scene.dealer, input);
      expect(again.map(({ buyer }) => buyer.id)).toEqual([scene.rival.id]);
    });

    it('for a buyer without offers left, who may accept but not offer', async () => {
      const buyer = await app.build.buyer();
      const vehicle = await kept(buyer);
      for (const _ of Array(5)) {
        const { id } = await app.build.negotiation({ vehicle, buyer });
        await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId: id });
      }
      const [own] = await invite(app, scene.dealer, { vehicleId: vehicle.id, amount: '17000' });
      const { id: negotiationId, currentOffer } = own as NonNullable<typeof own>;
      const offer = { negotiationId, amount: '16000' };
      expect((await move(app, buyer, 'submitOffer', offer)).code).toBe('OFFER_LIMIT_REACHED');
      const accepted = { negotiationId, offerId: currentOffer.id };
      expect((await move(app, buyer, 'acceptOffer', accepted)).code).toBe('OK');
    });

    it('where time has ended the earlier one, which is written down first', async () => {
      const vehicle = await kept(scene.buyer);
      const earlier = await app.build.negotiation({ vehicle, buyer: scene.buyer });
      app.clock.advance(48 * HOUR);
      const invited = await invite(app, scene.dealer, { vehicleId: vehicle.id, amount: '18000' });
      expect(invited).toHaveLength(1);
      expect(await scene.read(earlier)).toMatchObject({
        status: 'EXPIRED',
        lapsedBy: 'DEALER',
        lastSequence: 2,
      });
      expectSound(await ledgerOf(app, [vehicle.id]));
    });

    it('on a vehicle whose hold has run out, for its buyer too', async () => {
      const vehicle = await kept(scene.buyer, scene.rival);
      const input = { vehicleId: vehicle.id, amount: '18000' };
      const held = await app.build.negotiation({ vehicle, buyer: scene.buyer });
      await scene.accept(scene.dealer, held);
      app.clock.advance(7 * DAY - 1);
      expect(app.errorOf(await tryInvite(app, scene.dealer, input)).code).toBe('VEHICLE_UNAVAILABLE');
      app.clock.advance(1);
      expect(await invite(app, scene.dealer, input)).toHaveLength(2);
      expect(await scene.read(held)).toMatchObject({ status: 'FELL_THROUGH', endReason: 'HOLD_LAPSED' });
      expectSound(await ledgerOf(app, [vehicle.id]));
    });

    it("though the dealer's rules would accept or decline such an offer of a buyer's", async () => {
      const rules = { autoAcceptAt: '18000', autoDeclineBelow: '17000' };
      for (const amount of ['18500', '16000']) {
        const vehicle = await scene.vehicle(rules);
        await keep(app, vehicle.id, scene.buyer);
        const [own] = await invite(app, scene.dealer, { vehicleId: vehicle.id, amount });
        expect(own).toMatchObject({ status: 'ACTIVE', turn: 'BUYER' });
      }
    });
  });

  describe('is answered', () => {
    /** The buyer's own invitation at 18,000. */
    async function invited() {
      const vehicle = await kept(scene.buyer);
      const [own] = await invite(app, scene.dealer, { vehicleId: vehicle.id, amount: '18000' });
      const { id, currentOffer } = own as NonNullable<typeof own>;
      return { id, offerId: currentOffer.id, vehicle };
    }

    it('by an offer between half of the asking price and a cent less than it', async () => {
      const { id } = await invited();
      for (const amount of ['9999.99', '18000']) {
        const response = await scene.refused(() =>
          app.request(
            'mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { offer { id } } }',
            { input: { negotiationId: id, amount } },
            scene.buyer,
          ),
        );
        expect(response).toMatchObject({
          code: 'OFFER_OUT_OF_BOUNDS',
          minimum: '10000.00',
          maximum: '17999.99',
        });
      }
      await scene.counter(scene.buyer, { id }, '17999.99');
      expect(await scene.read({ id })).toMatchObject({ turn: 'DEALER', buyerOffersRemaining: 4 });
    });

    it('by accepting it: the vehicle is held', async () => {
      const own = await invited();
      await scene.accept(scene.buyer, own);
      expect(await scene.read(own)).toMatchObject({ status: 'ACCEPTED', agreedPrice: '18000.00' });
    });

    it('by walking away: it is void', async () => {
      const own = await invited();
      await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: own.id });
      expect(await scene.read(own)).toMatchObject({
        status: 'CANCELLED',
        offers: [{ status: 'CLOSED', resolvedBy: 'USER' }],
        buyerOffersRemaining: 5,
      });
    });

    it('by silence, after 96 hours and not before', async () => {
      const own = await invited();
      app.clock.advance(96 * HOUR - 1);
      await scene.sweep();
      expect(await scene.read(own)).toMatchObject({ status: 'ACTIVE' });
      app.clock.advance(1);
      const lapsed = { status: 'EXPIRED', lapsedBy: 'BUYER', endReason: 'LAPSED', expiresAt: null };
      expect(await scene.read(own)).toMatchObject(lapsed);
      await scene.sweep();
      expect(await scene.read(own)).toMatchObject({ ...lapsed, offers: [{ status: 'EXPIRED' }] });
    });

    it("by nobody else: it is not the dealer's turn", async () => {
      const { id, offerId } = await invited();
      const codes = [
        await move(app, scene.dealer, 'submitOffer', { negotiationId: id, amount: '17000' }),
        await move(app, scene.dealer, 'acceptOffer', { negotiationId: id, offerId }),
        await move(app, scene.rival, 'acceptOffer', { negotiationId: id, offerId }),
      ].map(({ code }) => code);
      expect(codes).toEqual(['NOT_YOUR_TURN', 'NOT_YOUR_TURN', 'NOT_FOUND']);
    });

    it('in vain once another buyer has it; who was displaced is told and may start again when that falls through', async () => {
      const own = await invited();
      await scene.counter(scene.buyer, own, '16000');
      const winner = await app.build.negotiation({ vehicle: own.vehicle, buyer: scene.rival });
      await scene.accept(scene.dealer, winner);
      expect(await scene.read(own)).toMatchObject({ status: 'CLOSED', buyerOffersRemaining: 4 });
      await scene.done(scene.dealer, 'cancelSale', { negotiationId: winner.id, reason: 'FINANCING_FAILED' });
      expect(await newest(scene.buyer)).toMatchObject({
        kind: 'DEAL_FELL_THROUGH',
        vehicle: { id: own.vehicle.id },
        negotiation: { id: own.id },
      });
      expect(await scene.read(own)).toMatchObject({ status: 'CLOSED', buyerOffersRemaining: 5 });
      const again = await app.build.negotiation({ vehicle: own.vehicle, buyer: scene.buyer });
      expect(await scene.read(again)).toMatchObject({ status: 'ACTIVE', buyerOffersRemaining: 4 });
    });
  });

  describe('refuses', () => {
    const refusal = async (input: object, who: { token: string | undefined } = scene.dealer) =>
      scene.refused(() => tryInvite(app, who, input));

    it.each([
      ['20000', ['0', '19000.01', '20000', '1000000000'], '19000.00'],
      // 95 % of it is 18,999.9905.
      ['19999.99', ['19000'], '18999.99'],
      ['1', ['0.96'], '0.95'],
    ])('amounts that are not 5 %% under %s', async (askingPrice, amounts, maximum) => {
      const vehicle = await scene.vehicle({ askingPrice });
      await keep(app, vehicle.id, scene.buyer);
      for (const amount of amounts) {
        expect(await refusal({ vehicleId: vehicle.id, amount })).toMatchObject({
          code: 'OFFER_OUT_OF_BOUNDS',
          statusCode: 400,
          maximum,
        });
      }
      expect(await invite(app, scene.dealer, { vehicleId: vehicle.id, amount: maximum })).toHaveLength(1);
    });

    it('vehicles that are not to be negotiated about', async () => {
      const firm = await scene.vehicle({ isNegotiable: false });
      const draft = await scene.vehicle({ publish: false });
      const archived = await scene.vehicle();
      await moveVehicle(app, scene.dealer, 'archiveVehicle', { id: archived.id });
      const held = await scene.open();
      await scene.accept(scene.dealer, held);
      const sold = await scene.open();
      await scene.accept(scene.dealer, sold);
      await scene.done(scene.dealer, 'completeSale', { negotiationId: sold.id });
      for (const { id } of [firm, draft, archived, held.vehicle, sold.vehicle]) {
        const { code } = await refusal({ vehicleId: id, amount: '15000' });
        expect(code).toBe('VEHICLE_UNAVAILABLE');
      }
    });

    it('whoever does not own the vehicle, and tells nobody of a draft', async () => {
      const vehicle = await kept(scene.buyer);
      const draft = await scene.vehicle({ publish: false });
      const other = await app.build.dealer();
      const [buyer, admin] = [scene.buyer, await app.build.admin()];
      const newcomer = await app.build.register({ userType: 'DEALER' });
      for (const [who, id, code] of [
        [other, vehicle.id, 'FORBIDDEN'],
        [newcomer, vehicle.id, 'FORBIDDEN'],
        [other, draft.id, 'NOT_FOUND'],
        [buyer, vehicle.id, 'FORBIDDEN'],
        [admin, vehicle.id, 'FORBIDDEN'],
        [{ token: undefined }, vehicle.id, 'UNAUTHENTICATED'],
      ] as const) {
        expect((await refusal({ vehicleId: id, amount: '15000' }, who)).code).toBe(code);
      }
    });

    it.each(unknownIds)('a vehicle that is none: %j', async (vehicleId) => {
      expect((await refusal({ vehicleId, amount: '15000' })).code).toBe('NOT_FOUND');
    });

    it.each(badMessages)('a message with %s', async (_what, message) => {
      const { id: vehicleId } = await scene.vehicle();
      expect((await refusal({ vehicleId, amount: '15000', message })).code).toBe('BAD_USER_INPUT');
    });
  });

  it('is done once for a clientMutationId', async () => {
    const vehicle = await kept(scene.buyer);
    const input = { vehicleId: vehicle.id, amount: '18000', clientMutationId: 'invite-1' };
    const first = await app.ok(INVITED, { input }, scene.dealer);
    await keep(app, vehicle.id, scene.rival);
    expect(await app.ok(INVITED, { input }, scene.dealer)).toEqual(first);
    expect(first).toMatchObject({ inviteInterestedBuyers: { clientMutationId: 'invite-1' } });
    const other = await scene.refused(() => tryInvite(app, scene.dealer, { ...input, amount: '17000' }));
    expect(other.code).toBe('CONFLICT');
    expect((await ledgerOf(app, [vehicle.id])).negotiations).toHaveLength(1);
  });

  it('invites a hundred at once and the next ones after them, in as many statements as a few', async () => {
    const [few, many] = [await scene.vehicle(), await scene.vehicle()];
    await keepers(app, few.id, 3);
    const all = await keepers(app, many.id, 130);
    const invited: string[][] = [];
    const count = async (vehicleId: string) => {
      const statements = await app.statements(async () => {
        const negotiations = await invite(app, scene.dealer, { vehicleId, amount: '18000' });
        invited.push(negotiations.map(({ buyer }) => buyer.id));
      });
      return statements.length;
    };
    const expected = await count(few.id);
    expect(await count(many.id)).toBe(expected);
    expect(invited[1]).toEqual(all.slice(0, 100));
    expect(await count(many.id)).toBe(expected);
    expect(invited[2]).toEqual(all.slice(100));
    expectSound(await ledgerOf(app, [few.id, many.id]));
  });
});

const INVITED = `mutation ($input: InviteInterestedBuyersInput!) {
  inviteInterestedBuyers(input: $input) { clientMutationId negotiations { id status currentOffer { id } } }
}`;
