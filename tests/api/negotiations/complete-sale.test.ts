import { describe, expect, it } from 'vitest';
import { CompleteSaleDocument, type CompleteSaleInput, VehicleDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';
import { unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('completeSale on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const complete = (who: Person, input: CompleteSaleInput) =>
    app.request(CompleteSaleDocument, { input }, who);

  async function agreed() {
    const negotiation = await scene.open();
    await scene.accept(scene.dealer, negotiation);
    return negotiation;
  }

  it('sells the vehicle at the agreed price', async () => {
    const { id: negotiationId, offerId, vehicle } = await agreed();
    app.clock.advance(DAY);
    const { completeSale } = await app.ok(CompleteSaleDocument, { input: { negotiationId } }, scene.dealer);
    expect(completeSale.negotiation).toMatchObject({
      status: 'COMPLETED',
      turn: null,
      agreedPrice: '15000.00',
      endReason: null,
      expiresAt: null,
      holdExpiresAt: null,
      lastSequence: 3,
      currentOffer: { id: offerId, status: 'ACCEPTED' },
    });
    expect(completeSale.event).toEqual({
      sequence: 3,
      kind: 'NEGOTIATION_COMPLETED',
      party: 'DEALER',
      message: null,
      offer: { id: offerId, amount: '15000.00' },
    });
    const sold = (await app.ok(VehicleDocument, { id: vehicle.id })).vehicle;
    expect(sold).toMatchObject({ status: 'SOLD', soldAt: scene.at() });
  });

  it('is not for the buyer', async () => {
    const { id: negotiationId } = await agreed();
    expect(await scene.refused(() => complete(scene.buyer, { negotiationId }))).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('refuses while no price is agreed on', async () => {
    const { id: negotiationId } = await scene.open();
    expect(await scene.refused(() => complete(scene.dealer, { negotiationId }))).toMatchObject({
      code: 'CONFLICT',
      statusCode: 409,
    });
  });

  it('sells within the hold until its last millisecond, and not on the stroke', async () => {
    const [first, second] = [await agreed(), await agreed()];
    app.clock.advance(7 * DAY - 1);
    await scene.done(scene.dealer, 'completeSale', { negotiationId: first.id });
    app.clock.advance(1);
    expect(await scene.refused(() => complete(scene.dealer, { negotiationId: second.id }))).toMatchObject({
      code: 'NEGOTIATION_ENDED',
    });
  });

  it('sells once', async () => {
    const { id: negotiationId } = await agreed();
    await scene.done(scene.dealer, 'completeSale', { negotiationId });
    expect(await scene.refused(() => complete(scene.dealer, { negotiationId }))).toMatchObject({
      code: 'NEGOTIATION_ENDED',
      statusCode: 409,
    });
  });

  it.each(unknownIds)('knows no negotiation %j', async (negotiationId) => {
    expect(await scene.refused(() => complete(scene.dealer, { negotiationId }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
