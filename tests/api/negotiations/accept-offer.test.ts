import { describe, expect, it } from 'vitest';
import { AcceptOfferDocument, type AcceptOfferInput, VehicleDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('acceptOffer on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const accept = (who: Person, input: AcceptOfferInput) => app.request(AcceptOfferDocument, { input }, who);
  const statusOf = async ({ id }: { id: string }) => (await app.ok(VehicleDocument, { id })).vehicle?.status;

  it("agrees to the buyer's offer and holds the vehicle for seven days", async () => {
    const { id, offerId, vehicle } = await scene.open();
    app.clock.advance(HOUR);
    const input = { negotiationId: id, offerId };
    const { acceptOffer } = await app.ok(AcceptOfferDocument, { input }, scene.dealer);
    expect(acceptOffer.negotiation).toMatchObject({
      id,
      status: 'ACCEPTED',
      turn: null,
      agreedPrice: '15000.00',
      endReason: null,
      lapsedBy: null,
      expiresAt: null,
      holdExpiresAt: scene.at(7 * DAY),
      lastSequence: 2,
      currentOffer: { id: offerId, status: 'ACCEPTED', resolvedBy: 'USER', respondedAt: scene.at() },
    });
    expect(acceptOffer.event).toEqual({
      sequence: 2,
      kind: 'OFFER_ACCEPTED',
      party: 'DEALER',
      message: null,
      offer: { id: offerId, amount: '15000.00' },
    });
    expect(await statusOf(vehicle)).toBe('PENDING');
  });

  it("agrees to the dealer's counter-offer at its price", async () => {
    const negotiation = await scene.open();
    const { offerId } = await scene.counter(scene.dealer, negotiation, '18000');
    const input = { negotiationId: negotiation.id, offerId };
    const { acceptOffer } = await app.ok(AcceptOfferDocument, { input }, scene.buyer);
    expect(acceptOffer.negotiation).toMatchObject({ status: 'ACCEPTED', agreedPrice: '18000.00' });
    expect(acceptOffer.event).toMatchObject({ sequence: 3, kind: 'OFFER_ACCEPTED', party: 'BUYER' });
    expect((await scene.read(negotiation)).offers.map((offer) => offer.status)).toEqual([
      'COUNTERED',
      'ACCEPTED',
    ]);
  });

  it('closes the rivals, and writes down of one that has lapsed that it has', async () => {
    const vehicle = await scene.vehicle();
    const latecomer = await app.build.buyer();
    const lapsed = await scene.open({ vehicle, buyer: latecomer });
    app.clock.advance(24 * HOUR);
    const rival = await scene.open({ vehicle, buyer: scene.rival });
    const winner = await scene.open({ vehicle });
    app.clock.advance(24 * HOUR);
    await scene.accept(scene.dealer, winner);
    expect(await scene.read(rival)).toMatchObject({
      status: 'CLOSED',
      turn: null,
      endReason: 'SOLD_TO_ANOTHER',
      lapsedBy: null,
      agreedPrice: null,
      expiresAt: null,
      lastSequence: 2,
      offers: [{ status: 'CLOSED', resolvedBy: 'SYSTEM', respondedAt: scene.at() }],
      events: { nodes: [{ sequence: 1 }, { sequence: 2, kind: 'NEGOTIATION_CLOSED', party: null }] },
    });
    expect(await scene.read(lapsed)).toMatchObject({
      status: 'EXPIRED',
      endReason: 'LAPSED',
      lapsedBy: 'DEALER',
      lastSequence: 2,
      offers: [{ status: 'EXPIRED', resolvedBy: 'SYSTEM' }],
      events: { nodes: [{ sequence: 1 }, { sequence: 2, kind: 'NEGOTIATION_EXPIRED', party: null }] },
    });
    expect(await scene.read(winner)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('leaves negotiations about other vehicles alone', async () => {
    const other = await scene.open({ buyer: scene.rival });
    await scene.accept(scene.dealer, await scene.open());
    expect(await scene.read(other)).toMatchObject({ status: 'ACTIVE', lastSequence: 1 });
  });

  it("refuses an older offer, the caller having seen less than there is, whoever's turn it is", async () => {
    const negotiation = await scene.open();
    await scene.counter(scene.dealer, negotiation, '18000');
    const input = { negotiationId: negotiation.id, offerId: negotiation.offerId };
    for (const who of [scene.dealer, scene.buyer])
      expect(await scene.refused(() => accept(who, input))).toMatchObject({
        code: 'CONFLICT',
        statusCode: 409,
      });
  });

  it('refuses to accept the own offer', async () => {
    const { id: negotiationId, offerId } = await scene.open();
    expect(await scene.refused(() => accept(scene.buyer, { negotiationId, offerId }))).toMatchObject({
      code: 'NOT_YOUR_TURN',
    });
  });

  it('knows no offer of another negotiation', async () => {
    const [one, other] = [await scene.open(), await scene.open()];
    const input = { negotiationId: one.id, offerId: other.offerId };
    expect(await scene.refused(() => accept(scene.dealer, input))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(unknownIds)('knows neither a negotiation nor an offer %j', async (unknown) => {
    const { id, offerId } = await scene.open();
    for (const input of [
      { negotiationId: unknown, offerId },
      { negotiationId: id, offerId: unknown },
    ])
      expect(await scene.refused(() => accept(scene.dealer, input))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is in time until the last millisecond, and not on the stroke', async () => {
    const first = await scene.open();
    const second = await scene.open();
    app.clock.advance(48 * HOUR - 1);
    await scene.accept(scene.dealer, first);
    app.clock.advance(1);
    const input = { negotiationId: second.id, offerId: second.offerId };
    expect(await scene.refused(() => accept(scene.dealer, input))).toMatchObject({ code: 'OFFER_EXPIRED' });
    expect(await statusOf(second.vehicle)).toBe('ACTIVE');
  });

  it('accepts below an asking price that has fallen under the offer since: both had their say', async () => {
    const negotiation = await scene.open();
    await app.ok(
      'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }',
      { input: { id: negotiation.vehicle.id, askingPrice: '14000' } },
      scene.dealer,
    );
    await scene.accept(scene.dealer, negotiation);
    expect(await scene.read(negotiation)).toMatchObject({ status: 'ACCEPTED', agreedPrice: '15000.00' });
  });
});
