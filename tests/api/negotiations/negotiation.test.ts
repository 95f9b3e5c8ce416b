import { describe, expect, it } from 'vitest';
import { NegotiationByIdDocument, ThreadDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import { unknownIds, useScene } from './scene.js';

const EVENTS = `query ($id: ID!, $first: Int, $after: String) {
  negotiation(id: $id) {
    events(first: $first, after: $after) {
      totalCount
      edges { cursor node { sequence kind createdAt negotiation { id status } } }
      pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
}`;

interface Events {
  negotiation: {
    events: {
      totalCount: number;
      edges: Array<{ cursor: string; node: { sequence: number; negotiation: { status: string } } }>;
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
    };
  };
}

describe.each(databaseKinds)('negotiation on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  it.each(['buyer', 'dealer', 'admin'] as const)('is there for the %s', async (who) => {
    const { id, vehicle, buyer, dealer } = await scene.open();
    const viewer = who === 'admin' ? await app.build.admin() : scene[who];
    const { negotiation } = await app.ok(ThreadDocument, { id }, viewer);
    expect(negotiation).toEqual({
      id,
      status: 'ACTIVE',
      vehicle: { id: vehicle.id, make: 'Toyota', model: 'Camry', askingPrice: '20000.00' },
      dealer: { id: dealer.dealerId, businessName: expect.any(String) },
      buyer: { id: buyer.id, displayName: 'Bea B.' },
      offers: [{ id: expect.any(String), amount: '15000.00', party: 'BUYER', status: 'PENDING' }],
    });
  });

  it('does not exist for a rival, nor for another dealer', async () => {
    const { id } = await scene.open();
    for (const stranger of [scene.rival, await app.build.dealer()])
      expect(await app.ok(NegotiationByIdDocument, { id }, stranger)).toEqual({ negotiation: null });
  });

  it('wants a guest to sign in, whether it exists or not', async () => {
    for (const id of [(await scene.open()).id, ...unknownIds]) {
      const response = await app.request(NegotiationByIdDocument, { id });
      expect(app.errorOf(response)).toMatchObject({ code: 'UNAUTHENTICATED', statusCode: 401 });
    }
  });

  it.each(unknownIds)('is null for the id %j', async (id) => {
    expect(await app.ok(NegotiationByIdDocument, { id }, scene.buyer)).toEqual({ negotiation: null });
  });

  it('tells its offers oldest first', async () => {
    const negotiation = await scene.open();
    await scene.counter(scene.dealer, negotiation, '19000');
    await scene.counter(scene.buyer, negotiation, '16000');
    const { offers, currentOffer } = await scene.read(negotiation);
    expect(offers.map(({ amount, party }) => `${party} ${amount}`)).toEqual([
      'BUYER 15000.00',
      'DEALER 19000.00',
      'BUYER 16000.00',
    ]);
    expect(currentOffer).toEqual(offers.at(-1));
  });

  describe('events', () => {
    async function withFive() {
      const negotiation = await scene.open();
      await scene.counter(scene.dealer, negotiation, '19000');
      await scene.counter(scene.buyer, negotiation, '16000');
      await scene.counter(scene.dealer, negotiation, '18000');
      await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: negotiation.id });
      return negotiation;
    }
    const page = async (id: string, args: { first?: number | null; after?: string | null }) =>
      (await app.ok<Events, object>(EVENTS, { id, ...args }, scene.buyer)).negotiation.events;

    it('come oldest first, page by page, each once', async () => {
      const { id } = await withFive();
      const first = await page(id, { first: 2 });
      expect(first.edges.map(({ node }) => node.sequence)).toEqual([1, 2]);
      expect(first).toMatchObject({
        totalCount: 5,
        pageInfo: { hasNextPage: true, hasPreviousPage: false, endCursor: first.edges[1]?.cursor },
      });
      const second = await page(id, { first: 2, after: first.pageInfo.endCursor });
      expect(second.edges.map(({ node }) => node.sequence)).toEqual([3, 4]);
      const third = await page(id, { first: 2, after: second.pageInfo.endCursor });
      expect(third.edges.map(({ node }) => node.sequence)).toEqual([5]);
      expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
      const none = await page(id, { after: third.pageInfo.endCursor });
      expect(none).toMatchObject({ edges: [], totalCount: 5, pageInfo: { endCursor: null } });
    });

    it('tell the negotiation as it is now, not as it was then', async () => {
      const { id } = await withFive();
      const { edges } = await page(id, { first: 1 });
      expect(edges[0]?.node).toMatchObject({ sequence: 1, negotiation: { status: 'CANCELLED' } });
    });

    it.each(['made up', '', 'WzEsMV0', 'WzEsMV0.AAAAAAAAAAAAAAAA', 'x'.repeat(2_000)])(
      'take no cursor that was made up, such as %j',
      async (after) => {
        const { id } = await scene.open();
        const response = await app.request(EVENTS, { id, after }, scene.buyer);
        expect(app.errorOf(response)).toMatchObject({
          code: 'BAD_USER_INPUT',
          fields: { after: [expect.any(String)] },
        });
      },
    );

    it.each([[0], [-1], [101]])('give no page of %i', async (first) => {
      const { id } = await scene.open();
      const response = await app.request(EVENTS, { id, first }, scene.buyer);
      expect(app.errorOf(response)).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { first: [expect.any(String)] },
      });
    });
  });
});
