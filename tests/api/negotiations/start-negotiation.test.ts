import { describe, expect, it } from 'vitest';
import {
  CancelNegotiationDocument,
  NegotiationByIdDocument,
  NegotiationsDocument,
  RejectNegotiationDocument,
  StartNegotiationDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';

describe.each(databaseKinds)('startNegotiation on %s', (kind) => {
  const app = useApp(kind);

  const ownCount = async (person: { token: string }) =>
    (await app.ok(NegotiationsDocument, {}, person)).negotiations.totalCount;

  it("opens a negotiation with the buyer's offer, the dealer to answer within 48 hours", async () => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const input = { vehicleId: vehicle.id, amount: '15000.00', message: ' Cash today. ' };
    const { startNegotiation } = await app.ok(StartNegotiationDocument, { input }, buyer);
    const expiresAt = new Date(app.clock.now().getTime() + 48 * HOUR).toISOString();
    expect(startNegotiation.negotiation).toMatchObject({
      status: 'ACTIVE',
      turn: 'DEALER',
      expiresAt,
      lastSequence: 1,
      buyerOffersRemaining: 4,
      minimumOffer: '15000.01',
      currentOffer: {
        amount: '15000.00',
        party: 'BUYER',
        status: 'PENDING',
        message: 'Cash today.',
        resolvedBy: null,
      },
    });
    expect(startNegotiation.event).toMatchObject({ sequence: 1, kind: 'OFFER_SUBMITTED', party: 'BUYER' });
    const { negotiation } = await app.ok(
      NegotiationByIdDocument,
      { id: startNegotiation.negotiation.id },
      buyer,
    );
    expect(negotiation?.offers).toEqual([startNegotiation.offer]);
    expect(negotiation?.events.nodes).toEqual([startNegotiation.event]);
  });

  it.each([
    ['9999.99', 'below half of the asking price'],
    ['20000.01', 'above the asking price'],
    ['0', 'of nothing'],
  ])('refuses an offer of %s, %s, and stores nothing', async (amount) => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const response = await app.request(
      StartNegotiationDocument,
      { input: { vehicleId: vehicle.id, amount } },
      buyer,
    );
    expect(app.errorOf(response)).toMatchObject({ code: 'OFFER_OUT_OF_BOUNDS', statusCode: 400 });
    expect(response.errors?.[0]?.extensions).toMatchObject({ minimum: '10000.00', maximum: '20000.00' });
    expect(await ownCount(buyer)).toBe(0);
  });

  it.each([['10000.00'], ['20000.00']])('takes the bound %s itself', async (amount) => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const { startNegotiation } = await app.ok(
      StartNegotiationDocument,
      { input: { vehicleId: vehicle.id, amount } },
      buyer,
    );
    expect(startNegotiation.offer.amount).toBe(amount);
  });

  it.each([
    ['a negative amount', '-1.00'],
    ['three decimals', '15000.001'],
    ['an exponent', '1e4'],
    ['an absurd amount', '99999999999999999999'],
    ['words', 'a lot'],
  ])('refuses %s as BAD_USER_INPUT', async (_what, amount) => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const response = await app.request(
      StartNegotiationDocument,
      { input: { vehicleId: vehicle.id, amount } },
      buyer,
    );
    expect(app.errorOf(response)).toMatchObject({ code: 'BAD_USER_INPUT', statusCode: 400 });
    expect(await ownCount(buyer)).toBe(0);
  });

  it('refuses a second one while the first is open, and keeps the first', async () => {
    const { vehicle, buyer } = await app.build.negotiation();
    const response = await app.request(
      StartNegotiationDocument,
      { input: { vehicleId: vehicle.id, amount: '16000' } },
      buyer,
    );
    expect(app.errorOf(response).code).toBe('ALREADY_NEGOTIATING');
    expect(await ownCount(buyer)).toBe(1);
  });

  it('lets the buyer start again after a rejection, while offers remain', async () => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    for (let spent = 1; spent <= 5; spent++) {
      const { id } = await app.build.negotiation({ vehicle, buyer });
      await app.ok(
        RejectNegotiationDocument,
        { input: { negotiationId: id, reason: 'OFFER_TOO_LOW' } },
        vehicle.dealer,
      );
    }
    const response = await app.request(
      StartNegotiationDocument,
      { input: { vehicleId: vehicle.id, amount: '16000' } },
      buyer,
    );
    expect(app.errorOf(response).code).toBe('OFFER_LIMIT_REACHED');
    expect(await ownCount(buyer)).toBe(5);
  });

  it('does not give spent offers back for cancelling', async () => {
    const { id, vehicle, buyer } = await app.build.negotiation();
    await app.ok(CancelNegotiationDocument, { input: { negotiationId: id } }, buyer);
    const input = { vehicleId: vehicle.id, amount: '15000' };
    const { startNegotiation } = await app.ok(StartNegotiationDocument, { input }, buyer);
    expect(startNegotiation.negotiation.buyerOffersRemaining).toBe(3);
  });

  it('starts anew where the earlier one has lapsed and no sweep has come by', async () => {
    const { id, vehicle, buyer } = await app.build.negotiation();
    app.clock.advance(48 * HOUR);
    const token = (await app.build.login(buyer)).token;
    const input = { vehicleId: vehicle.id, amount: '15000' };
    const { startNegotiation } = await app.ok(StartNegotiationDocument, { input }, { token });
    expect(startNegotiation.negotiation).toMatchObject({ status: 'ACTIVE', buyerOffersRemaining: 3 });
    const { negotiation } = await app.ok(NegotiationByIdDocument, { id }, { token });
    expect(negotiation).toMatchObject({
      status: 'EXPIRED',
      lapsedBy: 'DEALER',
      endReason: 'LAPSED',
      lastSequence: 2,
    });
  });

  it.each([
    ['a dealer', () => app.build.dealer(), 'FORBIDDEN'],
    ['an admin', () => app.build.admin(), 'FORBIDDEN'],
    ['a guest', async () => ({ token: undefined }), 'UNAUTHENTICATED'],
  ])('refuses %s', async (_who, make, code) => {
    const vehicle = await app.build.vehicle();
    const response = await app.request(
      StartNegotiationDocument,
      { input: { vehicleId: vehicle.id, amount: '15000' } },
      await make(),
    );
    expect(app.errorOf(response).code).toBe(code);
  });

  it('knows no draft, no unknown id and no nonsense', async () => {
    const buyer = await app.build.buyer();
    const draft = await app.build.vehicle(undefined, { publish: false });
    for (const vehicleId of [draft.id, '01890000-0000-7000-8000-000000000000', 'nonsense', '']) {
      const response = await app.request(
        StartNegotiationDocument,
        { input: { vehicleId, amount: '15000' } },
        buyer,
      );
      expect(app.errorOf(response).code).toBe('NOT_FOUND');
    }
  });

  it('takes no offers on a vehicle that is not negotiable', async () => {
    const vehicle = await app.build.vehicle(undefined, { isNegotiable: false });
    const buyer = await app.build.buyer();
    const response = await app.request(
      StartNegotiationDocument,
      { input: { vehicleId: vehicle.id, amount: '15000' } },
      buyer,
    );
    expect(app.errorOf(response).code).toBe('VEHICLE_UNAVAILABLE');
  });

  it.each([
    ['NUL', 'a\u0000b'],
    ['a lone surrogate', 'a\ud800b'],
    ['2,001 characters', 'x'.repeat(2_001)],
  ])('refuses a message with %s and stores nothing', async (_what, message) => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const input = { vehicleId: vehicle.id, amount: '15000', message };
    const response = await app.request(StartNegotiationDocument, { input }, buyer);
    expect(app.errorOf(response)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { message: [expect.any(String)] },
    });
    expect(await ownCount(buyer)).toBe(0);
  });
});
