import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  AcceptOfferDocument,
  OfferReceivedDocument,
  RejectNegotiationDocument,
  SubmitOfferDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltNegotiation, Person } from '../../support/builders.js';
import { expectNoMore, useLive } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';

describe.each(databaseKinds)('offerReceived on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);

  const offer = async ({ id }: BuiltNegotiation, by: Person, amount: string) =>
    (await app.ok(SubmitOfferDocument, { input: { negotiationId: id, amount } }, by)).submitOffer.offer;

  it('brings a dealer the offers of its buyers, in all negotiations, and none of its own', async () => {
    const dealer = await app.build.dealer();
    const following = await live.follow(dealer, OfferReceivedDocument);
    const one = await app.build.negotiation({ vehicle: await app.build.vehicle(dealer), amount: '11000' });
    const two = await app.build.negotiation({ vehicle: await app.build.vehicle(dealer), amount: '12000' });
    await offer(one, dealer, '19000');
    const third = await offer(one, one.buyer, '13000');
    expect((await following.take(3)).map((result) => result.offerReceived)).toEqual([
      { id: one.offerId, amount: '11000.00', party: 'BUYER', negotiation: { id: one.id } },
      { id: two.offerId, amount: '12000.00', party: 'BUYER', negotiation: { id: two.id } },
      { id: third.id, amount: '13000.00', party: 'BUYER', negotiation: { id: one.id } },
    ]);
    await expectNoMore(following, 3);
  });

  it("brings a buyer the dealers' counter-offers, and nothing else that its inbox holds", async () => {
    const buyer = await app.build.buyer();
    const one = await app.build.negotiation({ buyer });
    const two = await app.build.negotiation({ buyer });
    const following = await live.follow(buyer, OfferReceivedDocument);
    await app.ok(RejectNegotiationDocument, { input: { negotiationId: two.id } }, two.dealer);
    const counter = await offer(one, one.dealer, '19000');
    const answer = await offer(one, buyer, '16000');
    await app.ok(AcceptOfferDocument, { input: { negotiationId: one.id, offerId: answer.id } }, one.dealer);
    expect((await following.take(1)).map((result) => result.offerReceived)).toEqual([
      { id: counter.id, amount: '19000.00', party: 'DEALER', negotiation: { id: one.id } },
    ]);
    await expectNoMore(following, 1);
  });

  it("brings nobody a rival's offer", async () => {
    const vehicle = await app.build.vehicle();
    const { buyer } = await app.build.negotiation({ vehicle });
    const following = await live.follow(buyer, OfferReceivedDocument);
    const rival = await app.build.negotiation({ vehicle });
    await offer(rival, vehicle.dealer, '18000');
    await expectNoMore(following, 0);
  });

  it('says how the offer stands when it comes, to any depth', async () => {
    const dealer = await app.build.dealer();
    const vehicle = await app.build.vehicle(dealer);
    const following = await live.follow<{ offerReceived: object }, object>(
      dealer,
      `subscription { offerReceived {
        amount status message negotiation { turn buyer { displayName } vehicle { vin } offers { amount } }
      } }`,
    );
    await app.build.negotiation({ vehicle, message: 'Cash.' });
    expect(await following.take(1)).toEqual([
      {
        offerReceived: {
          amount: '15000.00',
          status: 'PENDING',
          message: 'Cash.',
          negotiation: {
            turn: 'DEALER',
            buyer: { displayName: expect.any(String) },
            vehicle: { vin: vehicle.vin },
            offers: [{ amount: '15000.00' }],
          },
        },
      },
    ]);
  });

  it('is not for guests, whose socket stays open', async () => {
    const socket = await RawSocket.ready(app);
    socket.subscribe('1', print(OfferReceivedDocument));
    expect(await socket.answer('1')).toEqual({ data: null, code: 'UNAUTHENTICATED' });
    await socket.expectOpen();
    socket.terminate();
  });
});
