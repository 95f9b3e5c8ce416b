import { describe, expect, it } from 'vitest';
import {
  type NegotiationEndReason,
  RejectNegotiationDocument,
  type RejectNegotiationInput,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { badMessages, unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('rejectNegotiation on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const reject = (who: Person, input: RejectNegotiationInput) =>
    app.request(RejectNegotiationDocument, { input }, who);

  it('turns the standing offer down and ends it', async () => {
    const { id: negotiationId, offerId } = await scene.open();
    const input = { negotiationId, reason: 'OFFER_TOO_LOW' as const, message: ' Too little. ' };
    const { rejectNegotiation } = await app.ok(RejectNegotiationDocument, { input }, scene.dealer);
    expect(rejectNegotiation.negotiation).toMatchObject({
      status: 'REJECTED',
      turn: null,
      endReason: 'OFFER_TOO_LOW',
      lapsedBy: null,
      agreedPrice: null,
      expiresAt: null,
      lastSequence: 2,
      // What it would take to start again.
      buyerOffersRemaining: 4,
      minimumOffer: '10000.00',
      currentOffer: { id: offerId, status: 'REJECTED', resolvedBy: 'USER', respondedAt: scene.at() },
    });
    expect(rejectNegotiation.event).toEqual({
      sequence: 2,
      kind: 'NEGOTIATION_REJECTED',
      party: 'DEALER',
      message: 'Too little.',
      offer: { id: offerId, amount: '15000.00' },
    });
  });

  it('gives OTHER as the reason where none is given', async () => {
    const { id: negotiationId } = await scene.open();
    const { rejectNegotiation } = await app.ok(
      RejectNegotiationDocument,
      { input: { negotiationId } },
      scene.dealer,
    );
    expect(rejectNegotiation).toMatchObject({
      negotiation: { endReason: 'OTHER' },
      event: { message: null },
    });
  });

  it('leaves the vehicle on the market, and rivals in their negotiations', async () => {
    const vehicle = await scene.vehicle();
    const rival = await scene.open({ vehicle, buyer: scene.rival });
    const { id: negotiationId } = await scene.open({ vehicle });
    await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId });
    expect(await scene.read(rival)).toMatchObject({ status: 'ACTIVE', vehicle: { status: 'ACTIVE' } });
  });

  it("refuses while the dealer's own offer stands", async () => {
    const negotiation = await scene.open();
    await scene.counter(scene.dealer, negotiation, '18000');
    const refusal = await scene.refused(() => reject(scene.dealer, { negotiationId: negotiation.id }));
    expect(refusal).toMatchObject({ code: 'NOT_YOUR_TURN' });
  });

  it('is not for the buyer', async () => {
    const { id: negotiationId } = await scene.open();
    expect(await scene.refused(() => reject(scene.buyer, { negotiationId }))).toMatchObject({
      code: 'FORBIDDEN',
      statusCode: 403,
    });
  });

  it.each(['SOLD_TO_ANOTHER', 'LAPSED', 'HOLD_LAPSED'] satisfies NegotiationEndReason[])(
    "refuses the reason %s, which is the system's to give",
    async (reason) => {
      const { id: negotiationId } = await scene.open();
      expect(await scene.refused(() => reject(scene.dealer, { negotiationId, reason }))).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { reason: [expect.any(String)] },
      });
    },
  );

  it.each([[null], ['BECAUSE'], [1]])('refuses %j as a reason', async (reason) => {
    const { id: negotiationId } = await scene.open();
    const input = { negotiationId, reason } as unknown as RejectNegotiationInput;
    expect(await scene.refused(() => reject(scene.dealer, input))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it.each(badMessages)('refuses a message with %s', async (_what, message) => {
    const { id: negotiationId } = await scene.open();
    expect(await scene.refused(() => reject(scene.dealer, { negotiationId, message }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { message: [expect.any(String)] },
    });
  });

  it.each(unknownIds)('knows no negotiation %j', async (negotiationId) => {
    expect(await scene.refused(() => reject(scene.dealer, { negotiationId }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
