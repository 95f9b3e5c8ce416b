import { describe, expect, it } from 'vitest';
import { StartNegotiationDocument, SubmitOfferDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import { ledgerOf } from '../../support/ledger.js';
import { type Mutation, move } from '../../support/moves.js';
import { useScene } from './scene.js';

describe.each(databaseKinds)('clientMutationId on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;
  let count = 0;
  const newId = () => `call-${++count}`;

  /** Runs a call again that has succeeded: the same answer, and nothing stored anew. */
  async function again(who: { token: string }, mutation: Mutation, input: Record<string, unknown>) {
    const first = await move(app, who, mutation, input);
    expect(first.code).toBe('OK');
    const before = await ledgerOf(app);
    expect(await move(app, who, mutation, input)).toEqual(first);
    expect(await ledgerOf(app)).toEqual(before);
  }

  it('is given back, and the same call has the same whole answer', async () => {
    const vehicle = await scene.vehicle();
    const clientMutationId = newId();
    const input = { vehicleId: vehicle.id, amount: '15000', message: 'Hello', clientMutationId };
    const first = await app.ok(StartNegotiationDocument, { input }, scene.buyer);
    expect(first.startNegotiation.clientMutationId).toBe(clientMutationId);
    expect(await app.ok(StartNegotiationDocument, { input }, scene.buyer)).toEqual(first);
    const { offers, events } = await ledgerOf(app, [vehicle.id]);
    expect({ offers: offers.length, events: events.length }).toEqual({ offers: 1, events: 1 });
  });

  it('makes each mutation happen once', async () => {
    const opened = () => scene.open();
    const agreed = async () => {
      const negotiation = await scene.open();
      await scene.accept(scene.dealer, negotiation);
      return negotiation;
    };
    const id = async (make: typeof opened) => ({
      negotiationId: (await make()).id,
      clientMutationId: newId(),
    });
    const { id: negotiationId, offerId } = await opened();
    await again(scene.dealer, 'acceptOffer', { negotiationId, offerId, clientMutationId: newId() });
    await again(scene.dealer, 'submitOffer', { ...(await id(opened)), amount: '18000' });
    await again(scene.dealer, 'rejectNegotiation', await id(opened));
    await again(scene.buyer, 'cancelNegotiation', await id(opened));
    await again(scene.dealer, 'completeSale', await id(agreed));
    await again(scene.buyer, 'cancelSale', await id(agreed));
    await again(scene.buyer, 'sendMessage', { ...(await id(opened)), body: 'Hello' });
  });

  it('answers with the offer of then, and the negotiation of now', async () => {
    const negotiation = await scene.open();
    const input = { negotiationId: negotiation.id, amount: '18000', clientMutationId: newId() };
    const first = (await app.ok(SubmitOfferDocument, { input }, scene.dealer)).submitOffer;
    await scene.counter(scene.buyer, negotiation, '16000');
    const second = (await app.ok(SubmitOfferDocument, { input }, scene.dealer)).submitOffer;
    expect(second.event).toEqual(first.event);
    expect(second.offer).toMatchObject({ id: first.offer.id, status: 'COUNTERED' });
    expect(second.negotiation).toMatchObject({ lastSequence: 3, turn: 'DEALER' });
  });

  it.each([
    ['15000', '15000.00'],
    ['15000.5', '15000.50'],
  ])('takes %s and %s for the same input', async (amount, same) => {
    const { id: vehicleId } = await scene.vehicle();
    const clientMutationId = newId();
    const first = await move(app, scene.buyer, 'startNegotiation', { vehicleId, amount, clientMutationId });
    const second = { clientMutationId, amount: same, vehicleId, message: null };
    expect(await move(app, scene.buyer, 'startNegotiation', second)).toEqual(first);
  });

  it('takes spaces around it for nothing', async () => {
    const { id: vehicleId } = await scene.vehicle();
    const clientMutationId = newId();
    const input = { vehicleId, amount: '15000' };
    const first = await move(app, scene.buyer, 'startNegotiation', { ...input, clientMutationId });
    const padded = { ...input, clientMutationId: ` ${clientMutationId} ` };
    expect(await move(app, scene.buyer, 'startNegotiation', padded)).toEqual(first);
  });

  it('with another input is a CONFLICT and changes nothing', async () => {
    const { id: vehicleId } = await scene.vehicle();
    const input = { vehicleId, amount: '15000', clientMutationId: newId() };
    await scene.done(scene.buyer, 'startNegotiation', input);
    for (const other of [
      { amount: '15001' },
      { message: 'More' },
      { vehicleId: (await scene.vehicle()).id },
    ]) {
      const variables = { input: { ...input, ...other } };
      const refusal = await scene.refused(() =>
        app.request(StartNegotiationDocument, variables, scene.buyer),
      );
      expect(refusal).toMatchObject({ code: 'CONFLICT', statusCode: 409 });
    }
  });

  it('of another mutation is a CONFLICT, though the input be the same', async () => {
    const { id: negotiationId } = await scene.open();
    const input = { negotiationId, clientMutationId: newId() };
    await scene.done(scene.buyer, 'cancelNegotiation', input);
    const before = await ledgerOf(app);
    expect(await move(app, scene.buyer, 'cancelSale', input)).toEqual({ code: 'CONFLICT' });
    expect(await ledgerOf(app)).toEqual(before);
  });

  it("is each user's own", async () => {
    const { id: vehicleId } = await scene.vehicle();
    const input = { vehicleId, amount: '15000', clientMutationId: newId() };
    const mine = await scene.done(scene.buyer, 'startNegotiation', input);
    const theirs = await scene.done(scene.rival, 'startNegotiation', input);
    expect(theirs.negotiationId).not.toBe(mine.negotiationId);
    expect(await scene.done(scene.buyer, 'startNegotiation', input)).toEqual(mine);
    expect(await scene.done(scene.rival, 'startNegotiation', input)).toEqual(theirs);
  });

  it('of a call that was refused is free again, for the same input and for another', async () => {
    const vehicle = await scene.vehicle({ publish: false });
    const input = { vehicleId: vehicle.id, amount: '15000', clientMutationId: newId() };
    expect(await move(app, scene.buyer, 'startNegotiation', input)).toEqual({ code: 'NOT_FOUND' });
    await app.ok(
      'mutation ($input: VehicleIdInput!) { publishVehicle(input: $input) { vehicle { id } } }',
      { input: { id: vehicle.id } },
      scene.dealer,
    );
    const low = { ...input, amount: '1' };
    expect(await move(app, scene.buyer, 'startNegotiation', low)).toEqual({ code: 'OFFER_OUT_OF_BOUNDS' });
    await scene.done(scene.buyer, 'startNegotiation', input);
  });

  it.each([
    ['blank', '  '],
    ['over 100 characters long', 'x'.repeat(101)],
    ['with NUL in it', 'a\u0000b'],
  ])('is refused where it is %s, and nothing is stored', async (_what, clientMutationId) => {
    const { id: vehicleId } = await scene.vehicle();
    const variables = { input: { vehicleId, amount: '15000', clientMutationId } };
    const refusal = await scene.refused(() => app.request(StartNegotiationDocument, variables, scene.buyer));
    expect(refusal).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { clientMutationId: [expect.any(String)] },
    });
  });
});
