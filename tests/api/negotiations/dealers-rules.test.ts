import { describe, expect, it } from 'vitest';
import {
  StartNegotiationDocument,
  SubmitOfferDocument,
  UpdateVehicleDocument,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { BuiltVehicle, Person } from '../../support/builders.js';
import { DAY, HOUR, MINUTE } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { expectSound } from '../../support/replay.js';
import { useScene } from './scene.js';

const RULES = { autoAcceptAt: '18000', autoDeclineBelow: '12000' };

describe.each(databaseKinds)("the dealer's rules on %s", (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const ruled = (rules: Record<string, unknown> = RULES) => scene.vehicle(rules);
  const start = async (vehicle: BuiltVehicle, amount: string, who = scene.buyer, more: object = {}) => {
    const input = { vehicleId: vehicle.id, amount, ...more };
    return (await app.ok(StartNegotiationDocument, { input }, who)).startNegotiation;
  };
  const submit = async (id: string, amount: string, who: Person) => {
    const input = { negotiationId: id, amount };
    return (await app.ok(SubmitOfferDocument, { input }, who)).submitOffer;
  };
  const change = ({ id }: BuiltVehicle, changes: object) =>
    app.ok(UpdateVehicleDocument, { input: { id, ...changes } }, scene.dealer);
  const sound = async (vehicle: BuiltVehicle) => {
    const ledger = await ledgerOf(app, [vehicle.id]);
    expectSound(ledger);
    return ledger;
  };
  const inbox = async (who: Person, negotiationId: string) => {
    type News = { kind: string; title: string; body: string; negotiation: { id: string } | null };
    const document =
      '{ notifications(first: 100) { nodes { kind title body negotiation { id } offer { id resolvedBy } } } }';
    const { notifications } = await app.ok<{ notifications: { nodes: News[] } }, object>(document, {}, who);
    return notifications.nodes
      .filter(({ negotiation }) => negotiation?.id === negotiationId)
      .reverse()
      .map(({ negotiation: _, ...news }) => news);
  };

  it('accept a first offer at once: the vehicle is held, and its rivals are closed', async () => {
    const vehicle = await ruled();
    const rival = await app.build.negotiation({ vehicle, buyer: scene.rival });
    const opened = await start(vehicle, '18000', scene.buyer, { message: 'Cash.' });
    expect(opened.event).toMatchObject({ sequence: 1, kind: 'OFFER_SUBMITTED', party: 'BUYER' });
    const offer = { amount: '18000.00', status: 'ACCEPTED', resolvedBy: 'USER', respondedAt: scene.at() };
    expect(opened.offer).toMatchObject(offer);
    expect(opened.negotiation).toMatchObject({
      status: 'ACCEPTED',
      turn: null,
      agreedPrice: '18000.00',
      holdExpiresAt: scene.at(7 * DAY),
      expiresAt: null,
      lastSequence: 2,
      currentOffer: offer,
    });
    const { events } = await scene.read(opened.negotiation, scene.buyer);
    expect(events.nodes.map(({ kind: what, party, message }) => [what, party, message])).toEqual([
      ['OFFER_SUBMITTED', 'BUYER', 'Cash.'],
      ['OFFER_ACCEPTED', 'DEALER', null],
    ]);
    expect(await scene.read(rival)).toMatchObject({ status: 'CLOSED', endReason: 'SOLD_TO_ANOTHER' });
    expect((await sound(vehicle)).vehicles).toMatchObject([{ status: 'PENDING' }]);
  });

  it('turn a first offer down at once, and the buyer may start again', async () => {
    const vehicle = await ruled();
    const opened = await start(vehicle, '11999.99');
    expect(opened.event).toMatchObject({ sequence: 1, kind: 'OFFER_SUBMITTED' });
    expect(opened.negotiation).toMatchObject({
      status: 'REJECTED',
      endReason: 'OFFER_TOO_LOW',
      turn: null,
      lastSequence: 2,
      buyerOffersRemaining: 4,
      currentOffer: { status: 'REJECTED', resolvedBy: 'USER', respondedAt: scene.at() },
    });
    const { events } = await scene.read(opened.negotiation, scene.buyer);
    expect(events.nodes[1]).toMatchObject({ kind: 'NEGOTIATION_REJECTED', party: 'DEALER', message: null });
    const again = await start(vehicle, '12000');
    expect(again.negotiation).toMatchObject({ status: 'ACTIVE', turn: 'DEALER', lastSequence: 1 });
    expect((await sound(vehicle)).vehicles).toMatchObject([{ status: 'ACTIVE' }]);
  });

  it('answer a later offer as they do a first one', async () => {
    const [sold, refused] = [await ruled(), await ruled({})];
    const one = await start(sold, '15000');
    await submit(one.negotiation.id, '19000', scene.dealer);
    const accepted = await submit(one.negotiation.id, '18500', scene.buyer);
    expect(accepted.event).toMatchObject({ sequence: 3, kind: 'OFFER_SUBMITTED' });
    expect(accepted.negotiation).toMatchObject({ status: 'ACCEPTED', agreedPrice: '18500.00' });

    const two = await start(refused, '15000');
    await submit(two.negotiation.id, '19000', scene.dealer);
    await change(refused, { autoDeclineBelow: '16000' });
    const declined = await submit(two.negotiation.id, '15500', scene.buyer);
    expect(declined.negotiation).toMatchObject({ status: 'REJECTED', endReason: 'OFFER_TOO_LOW' });
    await sound(sold);
    await sound(refused);
  });

  it('leave what lies between to the dealer, and what waits already', async () => {
    const vehicle = await ruled();
    const { negotiation } = await start(vehicle, '17999.99');
    expect(negotiation).toMatchObject({ status: 'ACTIVE', turn: 'DEALER', lastSequence: 1 });
    await change(vehicle, { autoAcceptAt: '16000' });
    expect(await scene.read(negotiation)).toMatchObject({ status: 'ACTIVE', lastSequence: 1 });
  });

  it("do not answer the dealer's own offers", async () => {
    const { negotiation } = await start(await ruled(), '15000');
    const countered = await submit(negotiation.id, '18500', scene.dealer);
    expect(countered.negotiation).toMatchObject({ status: 'ACTIVE', turn: 'BUYER', lastSequence: 2 });
  });

  it('are RULE to the dealer and admins, and USER to the buyer, wherever an offer is read', async () => {
    const vehicle = await ruled();
    const { negotiation, offer } = await start(vehicle, '11000');
    const byParty = `query ($id: ID!) { negotiation(id: $id) {
      currentOffer { resolvedBy } offers { resolvedBy }
      events { nodes { offer { resolvedBy negotiation { currentOffer { resolvedBy } } } } }
    } }`;
    const lists = `{
      negotiations(first: 100) { nodes { id currentOffer { resolvedBy } } }
      notifications(first: 100) { nodes { offer { resolvedBy } } }
    }`;
    const inPlace = 'query ($id: ID!) { vehicle(id: $id) { myNegotiation { currentOffer { resolvedBy } } } }';
    const seenBy = async (who: Person) =>
      [
        await app.ok(byParty, { id: negotiation.id }, who),
        await app.ok(lists, {}, who),
        await app.ok(inPlace, { id: vehicle.id }, who),
      ]
        .map((answer) => JSON.stringify(answer))
        .join();
    expect(offer.resolvedBy).toBe('USER');
    const buyers = await seenBy(scene.buyer);
    expect(buyers).toContain('"resolvedBy":"USER"');
    expect(buyers).not.toContain('RULE');
    expect((await seenBy(scene.dealer)).match(/RULE/g)?.length).toBeGreaterThan(5);
    expect(await seenBy(await app.build.admin())).toContain('RULE');
  });

  it('tell the dealer of its offer and of what its rules agreed to, and of no more', async () => {
    const [sold, refused] = [await start(await ruled(), '18000'), await start(await ruled(), '11000')];
    const car = '2021 Toyota Camry XLE';
    expect(await inbox(scene.dealer, sold.negotiation.id)).toEqual([
      {
        kind: 'OFFER_RECEIVED',
        title: `New offer: $18,000.00 for the ${car}`,
        body: `A buyer offers $18,000.00 for the ${car}.`,
        offer: { id: sold.offer.id, resolvedBy: 'RULE' },
      },
      {
        kind: 'OFFER_ACCEPTED',
        title: `Agreed: the ${car} for $18,000.00`,
        body: `Your rules accepted $18,000.00 for the ${car}. It is held for the buyer.`,
        offer: { id: sold.offer.id, resolvedBy: 'RULE' },
      },
    ]);
    const [only, ...more] = await inbox(scene.dealer, refused.negotiation.id);
    expect(only).toMatchObject({ kind: 'OFFER_RECEIVED' });
    expect(more).toEqual([]);
  });

  it('refuse what is out of bounds without naming an amount of theirs', async () => {
    const [plain, strict] = [await scene.vehicle(), await ruled()];
    const refusals = await Promise.all(
      [plain, strict].map(({ id }) =>
        app.request(StartNegotiationDocument, { input: { vehicleId: id, amount: '9999.99' } }, scene.buyer),
      ),
    );
    const [one, other] = refusals.map(({ errors, data }) => {
      const extensions = { ...errors?.[0]?.extensions, requestId: null };
      return { data, message: errors?.[0]?.message, extensions };
    });
    expect(one).toMatchObject({ extensions: { minimum: '10000.00', maximum: '20000.00' } });
    expect(other).toEqual(one);
  });

  it.each([['18000'], ['11000']])('answer %s once for a clientMutationId, and alike', async (amount) => {
    const vehicle = await ruled();
    const more = { clientMutationId: `once-${amount}-${vehicle.id}` };
    const first = await start(vehicle, amount, scene.buyer, more);
    const before = await ledgerOf(app);
    expect(await start(vehicle, amount, scene.buyer, more)).toEqual(first);
    expect(await ledgerOf(app)).toEqual(before);
  });

  it('answer an offer that follows a lapsed negotiation nobody has swept', async () => {
    const vehicle = await ruled();
    const lapsed = await start(vehicle, '15000');
    app.clock.advance(48 * HOUR);
    const { negotiation } = await start(vehicle, '18000');
    expect(negotiation.status).toBe('ACCEPTED');
    expect(await scene.read(lapsed.negotiation)).toMatchObject({ status: 'EXPIRED', lapsedBy: 'DEALER' });
    await sound(vehicle);
  });

  it('make an agreement like any other: it may fall through, and whom it displaced gets its offers back', async () => {
    const vehicle = await ruled();
    const rival = await app.build.negotiation({ vehicle, buyer: scene.rival });
    const { negotiation } = await start(vehicle, '18000');
    await scene.done(scene.buyer, 'cancelSale', { negotiationId: negotiation.id });
    expect(await scene.read(rival)).toMatchObject({ status: 'CLOSED', buyerOffersRemaining: 5 });
    expect((await start(vehicle, '18000', scene.rival)).negotiation.status).toBe('ACCEPTED');
    await sound(vehicle);
  });

  it('do not count as answers of a person in how fast a dealer answers', async () => {
    const dealer = await app.build.dealer();
    const vehicle = await app.build.vehicle(dealer, RULES);
    const document = 'query ($id: ID!) { dealer(id: $id) { medianResponseMinutes } }';
    const minutes = async () =>
      (
        await app.ok<{ dealer: { medianResponseMinutes: number | null } }, object>(document, {
          id: dealer.dealerId,
        })
      ).dealer.medianResponseMinutes;
    await start(vehicle, '11000');
    await start(vehicle, '11500');
    expect(await minutes()).toBeNull();
    const { negotiation } = await start(vehicle, '15000');
    app.clock.advance(30 * MINUTE);
    await submit(negotiation.id, '19000', dealer);
    expect(await minutes()).toBe(30);
  });
});
