import { describe, expect, it } from 'vitest';
import {
  CancelSaleDocument,
  type CancelSaleInput,
  type NegotiationEndReason,
  StartNegotiationDocument,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { BuiltVehicle, Person } from '../../support/builders.js';
import { badMessages, unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('cancelSale on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const cancel = (who: Person, input: CancelSaleInput) => app.request(CancelSaleDocument, { input }, who);

  async function agreed(vehicle?: BuiltVehicle) {
    const negotiation = await scene.open(vehicle ? { vehicle } : {});
    await scene.accept(scene.dealer, negotiation);
    return negotiation;
  }

  it.each([
    ['BUYER', () => scene.buyer],
    ['DEALER', () => scene.dealer],
  ] as const)(
    'lets the %s give the agreement up and puts the vehicle back on the market',
    async (party, who) => {
      const { id: negotiationId, offerId } = await agreed();
      const input = { negotiationId, reason: 'FINANCING_FAILED' as const, message: 'The bank said no.' };
      const { cancelSale } = await app.ok(CancelSaleDocument, { input }, who());
      expect(cancelSale.negotiation).toMatchObject({
        status: 'FELL_THROUGH',
        turn: null,
        agreedPrice: '15000.00',
        endReason: 'FINANCING_FAILED',
        lapsedBy: null,
        holdExpiresAt: null,
        lastSequence: 3,
        buyerOffersRemaining: 4,
        currentOffer: { id: offerId, status: 'ACCEPTED' },
      });
      expect(cancelSale.event).toEqual({
        sequence: 3,
        kind: 'DEAL_FELL_THROUGH',
        party,
        message: 'The bank said no.',
        offer: { id: offerId, amount: '15000.00' },
      });
      expect(await scene.read({ id: negotiationId })).toMatchObject({ vehicle: { status: 'ACTIVE' } });
    },
  );

  it('gives the displaced buyers their offers back, and them only', async () => {
    const vehicle = await scene.vehicle();
    // The rival has spent one offer in a negotiation of its own ending, and two in the one that is displaced.
    const withdrawn = await scene.open({ vehicle, buyer: scene.rival });
    await scene.done(scene.rival, 'cancelNegotiation', { negotiationId: withdrawn.id });
    const displaced = await scene.open({ vehicle, buyer: scene.rival });
    await scene.counter(scene.dealer, displaced, '18000');
    await scene.counter(scene.rival, displaced, '16000');
    const winner = await agreed(vehicle);
    expect(await scene.read(displaced)).toMatchObject({ status: 'CLOSED', buyerOffersRemaining: 2 });

    await scene.done(scene.dealer, 'cancelSale', { negotiationId: winner.id });
    expect(await scene.read(displaced)).toMatchObject({
      status: 'CLOSED',
      endReason: 'SOLD_TO_ANOTHER',
      buyerOffersRemaining: 4,
      // Nothing was added to its log: it stays closed.
      lastSequence: 4,
    });
    expect(await scene.read(winner)).toMatchObject({ buyerOffersRemaining: 4 });

    const input = { vehicleId: vehicle.id, amount: '12000' };
    const { startNegotiation } = await app.ok(StartNegotiationDocument, { input }, scene.rival);
    expect(startNegotiation.negotiation).toMatchObject({ status: 'ACTIVE', buyerOffersRemaining: 3 });
  });

  it('lets a displaced buyer start again who had spent all of its offers', async () => {
    const vehicle = await scene.vehicle();
    const displaced = await scene.open({ vehicle, buyer: scene.rival });
    for (const step of [1, 2, 3, 4]) {
      await scene.counter(scene.dealer, displaced, `${19_000 - step * 100}`);
      await scene.counter(scene.rival, displaced, `${15_000 + step * 100}`);
    }
    const { id: negotiationId } = await agreed(vehicle);
    await scene.done(scene.buyer, 'cancelSale', { negotiationId });
    await scene.open({ vehicle, buyer: scene.rival });
  });

  it('gives nothing back for an earlier agreement that had fallen through before', async () => {
    const vehicle = await scene.vehicle();
    const first = await scene.open({ vehicle, buyer: scene.rival });
    await scene.done(scene.dealer, 'cancelSale', { negotiationId: (await agreed(vehicle)).id });
    const second = await scene.open({ vehicle, buyer: scene.rival });
    expect(await scene.read(second)).toMatchObject({ buyerOffersRemaining: 4 });
    await scene.done(scene.dealer, 'cancelSale', { negotiationId: (await agreed(vehicle)).id });
    for (const negotiation of [first, second])
      expect(await scene.read(negotiation)).toMatchObject({ status: 'CLOSED', buyerOffersRemaining: 5 });
  });

  it('refuses while no price is agreed on', async () => {
    const { id: negotiationId } = await scene.open();
    for (const who of [scene.buyer, scene.dealer])
      expect(await scene.refused(() => cancel(who, { negotiationId }))).toMatchObject({ code: 'CONFLICT' });
  });

  it('refuses once the sale is done', async () => {
    const { id: negotiationId } = await agreed();
    await scene.done(scene.dealer, 'completeSale', { negotiationId });
    for (const who of [scene.buyer, scene.dealer])
      expect(await scene.refused(() => cancel(who, { negotiationId }))).toMatchObject({
        code: 'NEGOTIATION_ENDED',
      });
  });

  it.each(['SOLD_TO_ANOTHER', 'LAPSED', 'HOLD_LAPSED'] satisfies NegotiationEndReason[])(
    "refuses the reason %s, which is the system's to give",
    async (reason) => {
      const { id: negotiationId } = await agreed();
      expect(await scene.refused(() => cancel(scene.buyer, { negotiationId, reason }))).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { reason: [expect.any(String)] },
      });
    },
  );

  it.each(badMessages)('refuses a message with %s', async (_what, message) => {
    const { id: negotiationId } = await agreed();
    expect(await scene.refused(() => cancel(scene.buyer, { negotiationId, message }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { message: [expect.any(String)] },
    });
  });

  it.each(unknownIds)('knows no negotiation %j', async (negotiationId) => {
    expect(await scene.refused(() => cancel(scene.dealer, { negotiationId }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
