import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  CancelNegotiationDocument,
  MarkNotificationReadDocument,
  NotificationReceivedDocument,
  NotificationsDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { expectNoMore, useLive } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';

describe.each(databaseKinds)('notificationReceived on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);

  /** A dealer whose inbox holds: verified, an offer, its withdrawal. */
  async function dealerWithThree() {
    const negotiation = await app.build.negotiation();
    await app.ok(CancelNegotiationDocument, { input: { negotiationId: negotiation.id } }, negotiation.buyer);
    return negotiation.dealer;
  }

  it('replays the whole inbox after 0, then goes on live', async () => {
    const dealer = await dealerWithThree();
    const following = await live.follow(dealer, NotificationReceivedDocument, { after: 0 });
    const vehicle = await app.build.vehicle(dealer);
    await app.build.negotiation({ vehicle });
    const entries = (await following.take(4)).map((result) => result.notificationReceived);
    expect(entries.map(({ sequence, kind, isRead }) => [sequence, kind, isRead])).toEqual([
      [1, 'DEALER_VERIFIED', false],
      [2, 'OFFER_RECEIVED', false],
      [3, 'NEGOTIATION_CANCELLED', false],
      [4, 'OFFER_RECEIVED', false],
    ]);
    const { notifications } = await app.ok(NotificationsDocument, { first: 4 }, dealer);
    expect(notifications.nodes.toReversed()).toMatchObject(entries);
    await expectNoMore(following, 4);
  });

  it.each([
    [1, [2, 3, 4]],
    [3, [4]],
  ])('replays what came after %i', async (after, expected) => {
    const dealer = await dealerWithThree();
    const following = await live.follow(dealer, NotificationReceivedDocument, { after });
    await app.build.negotiation({ vehicle: await app.build.vehicle(dealer) });
    const results = await following.take(expected.length);
    expect(results.map((result) => result.notificationReceived.sequence)).toEqual(expected);
  });

  it('begins with what comes next where nothing else is asked for', async () => {
    const dealer = await dealerWithThree();
    const following = await live.follow(dealer, NotificationReceivedDocument, {});
    await app.build.negotiation({ vehicle: await app.build.vehicle(dealer) });
    const [result] = await following.take(1);
    expect(result?.notificationReceived).toMatchObject({ sequence: 4, kind: 'OFFER_RECEIVED' });
    await expectNoMore(following, 1);
  });

  it('begins an empty inbox at 1', async () => {
    const buyer = await app.build.buyer();
    const following = await live.follow(buyer, NotificationReceivedDocument, {});
    const { id, dealer } = await app.build.negotiation({ buyer });
    const input = { negotiationId: id, amount: '18000' };
    await app.ok(
      `mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { offer { id } } }`,
      { input },
      dealer,
    );
    const [result] = await following.take(1);
    expect(result?.notificationReceived).toMatchObject({ sequence: 1, kind: 'OFFER_COUNTERED' });
  });

  it('tells on replay what was read in the meantime', async () => {
    const dealer = await dealerWithThree();
    const { notifications } = await app.ok(NotificationsDocument, { first: 1 }, dealer);
    await app.ok(
      MarkNotificationReadDocument,
      { input: { id: notifications.nodes[0]?.id as string } },
      dealer,
    );
    const following = await live.follow(dealer, NotificationReceivedDocument, { after: 1 });
    const entries = (await following.take(2)).map((result) => result.notificationReceived);
    expect(entries.map(({ sequence, isRead }) => [sequence, isRead])).toEqual([
      [2, false],
      [3, true],
    ]);
  });

  it('shows what an entry is about, to any depth', async () => {
    const dealer = await app.build.dealer();
    const following = await live.follow<{ notificationReceived: object }, object>(
      dealer,
      `subscription { notificationReceived {
        sequence vehicle { vin } offer { amount } negotiation { id status buyer { id } offers { amount } }
      } }`,
    );
    const { id, vehicle, buyer } = await app.build.negotiation({ vehicle: await app.build.vehicle(dealer) });
    expect(await following.take(1)).toEqual([
      {
        notificationReceived: {
          sequence: 2,
          vehicle: { vin: vehicle.vin },
          offer: { amount: '15000.00' },
          negotiation: { id, status: 'ACTIVE', buyer: { id: buyer.id }, offers: [{ amount: '15000.00' }] },
        },
      },
    ]);
  });

  it("brings nothing of anybody else's", async () => {
    const [buyer, dealer] = [await app.build.buyer(), await app.build.dealer()];
    const buyers = await live.follow(buyer, NotificationReceivedDocument, { after: 0 });
    const dealers = await live.follow(dealer, NotificationReceivedDocument, { after: 1 });
    await dealerWithThree();
    await expectNoMore(buyers, 0);
    await expectNoMore(dealers, 0);
  });

  it.each([
    ['a guest', undefined, {}, 'UNAUTHENTICATED'],
    ['a negative after', 'buyer', { after: -1 }, 'BAD_USER_INPUT'],
    ['an after that is no whole number', 'buyer', { after: 1.5 }, 'BAD_USER_INPUT'],
    ['a place that the inbox has not reached', 'buyer', { after: 1 }, 'BAD_USER_INPUT'],
  ])('refuses %s and keeps the socket open', async (_what, who, variables, code) => {
    const token = who && (await app.build.buyer()).token;
    const socket = await RawSocket.ready(app, token);
    socket.subscribe('1', print(NotificationReceivedDocument), variables);
    expect(await socket.answer('1')).toEqual({ data: null, code });
    await socket.expectOpen();
    socket.terminate();
  });
});
