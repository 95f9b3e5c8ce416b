import { describe, expect, it } from 'vitest';
import {
  CancelNegotiationDocument,
  type CancelNegotiationInput,
  type NegotiationEndReason,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { badMessages, unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('cancelNegotiation on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const cancel = (who: Person, input: CancelNegotiationInput) =>
    app.request(CancelNegotiationDocument, { input }, who);

  it("withdraws the buyer's own standing offer, its turn or not", async () => {
    const { id: negotiationId, offerId } = await scene.open();
    const input = { negotiationId, reason: 'FOUND_ANOTHER' as const, message: 'Sorry.' };
    const { cancelNegotiation } = await app.ok(CancelNegotiationDocument, { input }, scene.buyer);
    expect(cancelNegotiation.negotiation).toMatchObject({
      status: 'CANCELLED',
      turn: null,
      endReason: 'FOUND_ANOTHER',
      lapsedBy: null,
      expiresAt: null,
      lastSequence: 2,
      buyerOffersRemaining: 4,
      currentOffer: { id: offerId, status: 'WITHDRAWN', resolvedBy: 'USER', respondedAt: scene.at() },
    });
    expect(cancelNegotiation.event).toEqual({
      sequence: 2,
      kind: 'NEGOTIATION_CANCELLED',
      party: 'BUYER',
      message: 'Sorry.',
      offer: { id: offerId, amount: '15000.00' },
    });
  });

  it("voids the dealer's offer that stands: it is not the buyer's to withdraw", async () => {
    const negotiation = await scene.open();
    const { offerId } = await scene.counter(scene.dealer, negotiation, '18000');
    const { cancelNegotiation } = await app.ok(
      CancelNegotiationDocument,
      { input: { negotiationId: negotiation.id } },
      scene.buyer,
    );
    expect(cancelNegotiation.negotiation).toMatchObject({
      status: 'CANCELLED',
      endReason: 'OTHER',
      currentOffer: { id: offerId, status: 'CLOSED', resolvedBy: 'USER' },
    });
    expect((await scene.read(negotiation)).offers.map((offer) => offer.status)).toEqual([
      'COUNTERED',
      'CLOSED',
    ]);
  });

  it('is not for the dealer', async () => {
    const { id: negotiationId } = await scene.open();
    expect(await scene.refused(() => cancel(scene.dealer, { negotiationId }))).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it.each(['SOLD_TO_ANOTHER', 'LAPSED', 'HOLD_LAPSED'] satisfies NegotiationEndReason[])(
    "refuses the reason %s, which is the system's to give",
    async (reason) => {
      const { id: negotiationId } = await scene.open();
      expect(await scene.refused(() => cancel(scene.buyer, { negotiationId, reason }))).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { reason: [expect.any(String)] },
      });
    },
  );

  it.each(badMessages)('refuses a message with %s', async (_what, message) => {
    const { id: negotiationId } = await scene.open();
    expect(await scene.refused(() => cancel(scene.buyer, { negotiationId, message }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { message: [expect.any(String)] },
    });
  });

  it.each(unknownIds)('knows no negotiation %j', async (negotiationId) => {
    expect(await scene.refused(() => cancel(scene.buyer, { negotiationId }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
