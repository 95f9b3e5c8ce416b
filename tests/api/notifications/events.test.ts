import { beforeAll, describe, expect, it } from 'vitest';
import { ArchiveVehicleDocument, NotificationsDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { BuiltNegotiation, Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { type Scene, useScene } from '../negotiations/scene.js';

const CAR = '2021 Toyota Camry XLE';

describe.each(databaseKinds)('what people are told of a negotiation, on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const inbox = async (who: Person, first = 20) =>
    (await app.ok(NotificationsDocument, { first }, who)).notifications.nodes;

  /** What `work` brings into each inbox, oldest first. */
  async function told(work: () => Promise<unknown>) {
    const { buyer, dealer, rival } = scene;
    const people = [buyer, dealer, rival];
    const heads = await Promise.all(people.map(async (who) => (await inbox(who, 1))[0]?.sequence ?? 0));
    await work();
    const news = await Promise.all(
      people.map(async (who, i) =>
        (await inbox(who)).filter((entry) => entry.sequence > (heads[i] as number)).reverse(),
      ),
    );
    return { buyer: news[0] as News, dealer: news[1] as News, rival: news[2] as News };
  }
  type News = Awaited<ReturnType<typeof inbox>>;
  const kindsOf = async (work: () => Promise<unknown>) => {
    const news = await told(work);
    return Object.fromEntries(
      Object.entries(news).map(([name, entries]) => [name, entries.map((e) => e.kind)]),
    );
  };

  const agreed = async (given: Parameters<Scene['open']>[0] = {}) => {
    const negotiation = await scene.open(given);
    await scene.accept(scene.dealer, negotiation);
    return negotiation;
  };

  it('tells the dealer of a first offer, with its message', async () => {
    let negotiation: BuiltNegotiation | undefined;
    const { buyer, dealer } = await told(async () => {
      negotiation = await scene.open({ message: 'Cash today.' });
    });
    expect(buyer).toEqual([]);
    expect(dealer).toEqual([
      {
        id: expect.any(String),
        sequence: expect.any(Number),
        kind: 'OFFER_RECEIVED',
        title: `New offer: $15,000.00 for the ${CAR}`,
        body: `A buyer offers $15,000.00 for the ${CAR}. “Cash today.”`,
        isRead: false,
        readAt: null,
        vehicle: { id: negotiation?.vehicle.id, make: 'Toyota' },
        negotiation: { id: negotiation?.id, status: 'ACTIVE' },
        offer: { id: negotiation?.offerId, amount: '15000.00' },
      },
    ]);
  });

  it("tells each side of the other side's counter-offers", async () => {
    const negotiation = await scene.open();
    const first = await told(() => scene.counter(scene.dealer, negotiation, '18000'));
    expect(first).toMatchObject({
      buyer: [
        {
          kind: 'OFFER_COUNTERED',
          title: `Counter-offer: $18,000.00 for the ${CAR}`,
          body: `The dealer answered with $18,000.00 for the ${CAR}.`,
        },
      ],
      dealer: [],
    });
    const second = await told(() => scene.counter(scene.buyer, negotiation, '16000'));
    expect(second).toMatchObject({
      buyer: [],
      dealer: [{ kind: 'OFFER_COUNTERED', body: `The buyer answered with $16,000.00 for the ${CAR}.` }],
    });
  });

  it('tells the buyer that the dealer agreed, and its rivals that they are out', async () => {
    const vehicle = await scene.vehicle();
    await scene.open({ vehicle, buyer: scene.rival });
    const negotiation = await scene.open({ vehicle });
    const news = await told(() => scene.accept(scene.dealer, negotiation));
    expect(news).toMatchObject({
      buyer: [
        {
          kind: 'OFFER_ACCEPTED',
          title: `Agreed: the ${CAR} for $15,000.00`,
          body: `The dealer accepted $15,000.00 for the ${CAR}. It is held for you.`,
        },
      ],
      dealer: [],
      rival: [{ kind: 'NEGOTIATION_CLOSED', title: `No longer available: the ${CAR}` }],
    });
  });

  it('tells the dealer that the buyer agreed', async () => {
    const negotiation = await scene.open();
    const { offerId } = await scene.counter(scene.dealer, negotiation, '18000');
    const news = await told(() => scene.accept(scene.buyer, { id: negotiation.id, offerId }));
    expect(news).toMatchObject({
      buyer: [],
      dealer: [
        {
          kind: 'OFFER_ACCEPTED',
          body: `The buyer accepted $18,000.00 for the ${CAR}. It is held for the buyer.`,
        },
      ],
    });
  });

  it('tells the buyer of a rejection', async () => {
    const { id: negotiationId } = await scene.open();
    const work = () => scene.done(scene.dealer, 'rejectNegotiation', { negotiationId });
    expect(await kindsOf(work)).toEqual({ buyer: ['NEGOTIATION_REJECTED'], dealer: [], rival: [] });
  });

  it('tells the dealer that the buyer withdrew', async () => {
    const { id: negotiationId } = await scene.open();
    const work = () => scene.done(scene.buyer, 'cancelNegotiation', { negotiationId });
    expect(await kindsOf(work)).toEqual({ buyer: [], dealer: ['NEGOTIATION_CANCELLED'], rival: [] });
  });

  it('tells both that an offer lapsed, once it is written down', async () => {
    await scene.open();
    app.clock.advance(48 * HOUR);
    const news = await kindsOf(() => scene.sweep());
    expect(news.buyer).toContain('NEGOTIATION_EXPIRED');
    expect(news.dealer).toContain('NEGOTIATION_EXPIRED');
    expect(await kindsOf(() => scene.sweep())).toEqual({ buyer: [], dealer: [], rival: [] });
  });

  it('tells the buyers that the vehicle was archived', async () => {
    const vehicle = await scene.vehicle();
    await scene.open({ vehicle });
    await scene.open({ vehicle, buyer: scene.rival });
    const work = () => app.ok(ArchiveVehicleDocument, { input: { id: vehicle.id } }, scene.dealer);
    expect(await kindsOf(work)).toEqual({
      buyer: ['NEGOTIATION_CLOSED'],
      dealer: [],
      rival: ['NEGOTIATION_CLOSED'],
    });
  });

  it('tells the buyer that the sale is done', async () => {
    const { id: negotiationId } = await agreed();
    const news = await told(() => scene.done(scene.dealer, 'completeSale', { negotiationId }));
    expect(news).toMatchObject({
      buyer: [
        {
          kind: 'NEGOTIATION_COMPLETED',
          body: `The ${CAR} is yours for $15,000.00. Congratulations!`,
          offer: null,
        },
      ],
      dealer: [],
    });
  });

  it.each([
    ['buyer', { buyer: [], dealer: ['DEAL_FELL_THROUGH'] }],
    ['dealer', { buyer: ['DEAL_FELL_THROUGH'], dealer: [] }],
  ] as const)(
    'tells the other side that the %s gave the agreement up, and whom it had displaced',
    async (by, sides) => {
      const vehicle = await scene.vehicle();
      const displaced = await scene.open({ vehicle, buyer: scene.rival });
      const { id: negotiationId } = await agreed({ vehicle });
      const news = await told(() => scene.done(scene[by], 'cancelSale', { negotiationId }));
      expect(news.buyer.map((entry) => entry.kind)).toEqual(sides.buyer);
      expect(news.dealer.map((entry) => entry.kind)).toEqual(sides.dealer);
      expect(news.rival).toMatchObject([
        {
          kind: 'DEAL_FELL_THROUGH',
          title: `Available again: the ${CAR}`,
          negotiation: { id: displaced.id, status: 'CLOSED' },
          vehicle: { id: vehicle.id },
        },
      ]);
    },
  );

  it('tells both that the hold ran out', async () => {
    await agreed();
    app.clock.advance(7 * DAY);
    const news = await kindsOf(() => scene.sweep());
    expect(news.buyer).toContain('DEAL_FELL_THROUGH');
    expect(news.dealer).toContain('DEAL_FELL_THROUGH');
  });

  it('tells nothing of what is refused', async () => {
    const { id: negotiationId } = await scene.open();
    await expect(scene.done(scene.buyer, 'submitOffer', { negotiationId, amount: '16000' })).rejects.toThrow(
      'NOT_YOUR_TURN',
    );
    expect((await inbox(scene.dealer))[0]).toMatchObject({ kind: 'OFFER_RECEIVED' });
  });

  describe('its numbers', () => {
    let buyers: Person[];
    beforeAll(async () => {
      buyers = await Promise.all(Array.from({ length: 8 }, () => app.build.buyer()));
    });

    it('are 1..n in each inbox, though many write to it at once', async () => {
      const vehicles = [await scene.vehicle(), await scene.vehicle()];
      const opened = await Promise.all(
        vehicles.flatMap((vehicle) => buyers.map((buyer) => scene.open({ vehicle, buyer }))),
      );
      await Promise.all(opened.map((negotiation) => scene.counter(scene.dealer, negotiation, '18000')));
      const { notifications } = await ledgerOf(app);
      for (const { count, last, head } of notifications)
        expect({ count, last }).toEqual({ count: head, last: head });
      for (const buyer of buyers) expect((await inbox(buyer)).map((entry) => entry.sequence)).toEqual([2, 1]);
    });
  });
});
