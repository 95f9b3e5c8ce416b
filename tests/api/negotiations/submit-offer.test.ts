import { describe, expect, it } from 'vitest';
import { SubmitOfferDocument, type SubmitOfferInput } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { badMessages, unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('submitOffer on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const submit = (who: Person, input: SubmitOfferInput) => app.request(SubmitOfferDocument, { input }, who);

  it('answers the standing offer, passes the turn and starts a new clock', async () => {
    const negotiation = await scene.open();
    app.clock.advance(47 * HOUR);
    const input = { negotiationId: negotiation.id, amount: '18000', message: ' My last word. ' };
    const { submitOffer } = await app.ok(SubmitOfferDocument, { input }, scene.dealer);
    expect(submitOffer.negotiation).toMatchObject({
      status: 'ACTIVE',
      turn: 'BUYER',
      expiresAt: scene.at(48 * HOUR),
      lastSequence: 2,
      buyerOffersRemaining: 4,
      minimumOffer: '15000.01',
      currentOffer: submitOffer.offer,
    });
    expect(submitOffer.offer).toMatchObject({
      amount: '18000.00',
      party: 'DEALER',
      message: 'My last word.',
      status: 'PENDING',
      resolvedBy: null,
      expiresAt: scene.at(48 * HOUR),
      respondedAt: null,
    });
    expect(submitOffer.event).toEqual({
      sequence: 2,
      kind: 'OFFER_SUBMITTED',
      party: 'DEALER',
      message: 'My last word.',
      offer: { id: submitOffer.offer.id, amount: '18000.00' },
    });
    const { offers } = await scene.read(negotiation);
    expect(offers).toHaveLength(2);
    expect(offers[0]).toMatchObject({
      id: negotiation.offerId,
      status: 'COUNTERED',
      resolvedBy: 'USER',
      respondedAt: scene.at(),
    });
    expect(offers[1]).toEqual(submitOffer.offer);
  });

  it("spends one of the buyer's offers, and none for the dealer's", async () => {
    const negotiation = await scene.open();
    await scene.counter(scene.dealer, negotiation, '18000');
    expect(await scene.read(negotiation)).toMatchObject({ buyerOffersRemaining: 4 });
    await scene.counter(scene.buyer, negotiation, '16000');
    expect(await scene.read(negotiation)).toMatchObject({
      buyerOffersRemaining: 3,
      minimumOffer: '16000.01',
    });
  });

  it("refuses the buyer's sixth offer, and lets both still agree to what stands", async () => {
    const negotiation = await scene.open();
    for (const step of [1, 2, 3, 4]) {
      await scene.counter(scene.dealer, negotiation, `${19_000 - step * 100}`);
      await scene.counter(scene.buyer, negotiation, `${15_000 + step * 100}`);
    }
    const { offerId } = await scene.counter(scene.dealer, negotiation, '18500');
    const refusal = await scene.refused(() =>
      submit(scene.buyer, { negotiationId: negotiation.id, amount: '16000' }),
    );
    expect(refusal).toMatchObject({ code: 'OFFER_LIMIT_REACHED', statusCode: 409 });
    await scene.accept(scene.buyer, { id: negotiation.id, offerId });
  });

  describe('bounds', () => {
    it.each([
      ['15000', "the buyer's own offer"],
      ['20000.01', 'more than the asking price'],
    ])("refuses a dealer's first counter-offer of %s, %s", async (amount) => {
      const { id } = await scene.open();
      const refusal = await scene.refused(() => submit(scene.dealer, { negotiationId: id, amount }));
      expect(refusal).toMatchObject({
        code: 'OFFER_OUT_OF_BOUNDS',
        statusCode: 400,
        minimum: '15000.01',
        maximum: '20000.00',
      });
    });

    it.each([['15000.01'], ['20000']])("takes a dealer's first counter-offer of %s", async (amount) => {
      await scene.counter(scene.dealer, await scene.open(), amount);
    });

    it.each([
      ['15000', 'what it offered before'],
      ['18000', "the dealer's counter-offer"],
    ])("refuses a buyer's later offer of %s, %s", async (amount) => {
      const negotiation = await scene.open();
      await scene.counter(scene.dealer, negotiation, '18000');
      const input = { negotiationId: negotiation.id, amount };
      expect(await scene.refused(() => submit(scene.buyer, input))).toMatchObject({
        code: 'OFFER_OUT_OF_BOUNDS',
        minimum: '15000.01',
        maximum: '17999.99',
      });
    });

    it.each([
      ['18000', 'what it asked before'],
      ['16000', "the buyer's offer"],
    ])("refuses a dealer's later counter-offer of %s, %s", async (amount) => {
      const negotiation = await scene.open();
      await scene.counter(scene.dealer, negotiation, '18000');
      await scene.counter(scene.buyer, negotiation, '16000');
      const input = { negotiationId: negotiation.id, amount };
      expect(await scene.refused(() => submit(scene.dealer, input))).toMatchObject({
        code: 'OFFER_OUT_OF_BOUNDS',
        minimum: '16000.01',
        maximum: '17999.99',
      });
    });

    it('says that nothing is left between the two, where nothing is', async () => {
      const negotiation = await scene.open();
      await scene.counter(scene.dealer, negotiation, '15000.01');
      const input = { negotiationId: negotiation.id, amount: '15000.01' };
      const refusal = await scene.refused(() => submit(scene.buyer, input));
      expect(refusal.code).toBe('OFFER_OUT_OF_BOUNDS');
      expect(refusal).not.toHaveProperty('minimum');
    });

    const reprice = ({ vehicle: { id } }: { vehicle: { id: string } }, askingPrice: string) =>
      app.ok(
        'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }',
        { input: { id, askingPrice } },
        scene.dealer,
      );

    it('follow an asking price that has fallen meanwhile', async () => {
      const negotiation = await scene.open();
      await reprice(negotiation, '16000');
      const over = { negotiationId: negotiation.id, amount: '16000.01' };
      expect(await scene.refused(() => submit(scene.dealer, over))).toMatchObject({ maximum: '16000.00' });
      await scene.counter(scene.dealer, negotiation, '16000');
    });

    it("follow an asking price that has fallen below the dealer's counter-offer", async () => {
      const negotiation = await scene.open();
      await scene.counter(scene.dealer, negotiation, '18000');
      await reprice(negotiation, '16000');
      const over = { negotiationId: negotiation.id, amount: '16000.01' };
      expect(await scene.refused(() => submit(scene.buyer, over))).toMatchObject({ maximum: '16000.00' });
      await scene.counter(scene.buyer, negotiation, '16000');
    });
  });

  it("refuses whose turn it isn't and changes nothing", async () => {
    const negotiation = await scene.open();
    const own = () => submit(scene.buyer, { negotiationId: negotiation.id, amount: '16000' });
    expect(await scene.refused(own)).toMatchObject({ code: 'NOT_YOUR_TURN', statusCode: 409 });
    await scene.counter(scene.dealer, negotiation, '18000');
    const again = () => submit(scene.dealer, { negotiationId: negotiation.id, amount: '17000' });
    expect(await scene.refused(again)).toMatchObject({ code: 'NOT_YOUR_TURN' });
  });

  describe('expectedSequence', () => {
    it.each([[0], [2], [-1], [2_147_483_647]])(
      'refuses %i where the log has one entry',
      async (expectedSequence) => {
        const { id: negotiationId } = await scene.open();
        const input = { negotiationId, amount: '18000', expectedSequence };
        expect(await scene.refused(() => submit(scene.dealer, input))).toMatchObject({
          code: 'CONFLICT',
          statusCode: 409,
        });
      },
    );

    it.each([[1], [null]])('takes %s', async (expectedSequence) => {
      const { id: negotiationId } = await scene.open();
      await app.ok(
        SubmitOfferDocument,
        { input: { negotiationId, amount: '18000', expectedSequence } },
        scene.dealer,
      );
    });

    it('says rather that it has ended, once it has', async () => {
      const { id: negotiationId } = await scene.open();
      await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId });
      const input = { negotiationId, amount: '18000', expectedSequence: 1 };
      expect(await scene.refused(() => submit(scene.dealer, input))).toMatchObject({
        code: 'NEGOTIATION_ENDED',
      });
    });
  });

  it('is in time until the last millisecond, and not on the stroke', async () => {
    const first = await scene.open();
    const second = await scene.open();
    app.clock.advance(48 * HOUR - 1);
    await scene.counter(scene.dealer, first, '18000');
    app.clock.advance(1);
    const input = { negotiationId: second.id, amount: '18000' };
    expect(await scene.refused(() => submit(scene.dealer, input))).toMatchObject({
      code: 'OFFER_EXPIRED',
      statusCode: 409,
    });
  });

  it.each(unknownIds)('knows no negotiation %j', async (negotiationId) => {
    const input = { negotiationId, amount: '18000' };
    expect(await scene.refused(() => submit(scene.dealer, input))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(badMessages)('refuses a message with %s and stores nothing', async (_what, message) => {
    const { id } = await scene.open();
    const input = { negotiationId: id, amount: '18000', message };
    expect(await scene.refused(() => submit(scene.dealer, input))).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { message: [expect.any(String)] },
    });
  });

  it('takes a message of 2,000 characters, and an empty one as none', async () => {
    const message = 'x'.repeat(2_000);
    const long = { negotiationId: (await scene.open()).id, amount: '18000', message };
    expect((await app.ok(SubmitOfferDocument, { input: long }, scene.dealer)).submitOffer.offer.message).toBe(
      message,
    );
    const blank = { negotiationId: (await scene.open()).id, amount: '18000', message: ' \n ' };
    expect(
      (await app.ok(SubmitOfferDocument, { input: blank }, scene.dealer)).submitOffer.offer.message,
    ).toBeNull();
  });

  it.each([['-1'], ['1e4'], ['18000.001'], ['99999999999999999999'], ['']])(
    'refuses the amount %j as BAD_USER_INPUT',
    async (amount) => {
      const { id } = await scene.open();
      expect(await scene.refused(() => submit(scene.dealer, { negotiationId: id, amount }))).toMatchObject({
        code: 'BAD_USER_INPUT',
        statusCode: 400,
      });
    },
  );
});
