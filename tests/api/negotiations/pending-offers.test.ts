import { describe, expect, it } from 'vitest';
import { PendingOffersDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { BuiltNegotiation, DealerPerson } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { useScene } from './scene.js';

describe.each(databaseKinds)('pendingOffers on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const pending = async (who: DealerPerson, variables: { first?: number; after?: string | null } = {}) =>
    (await app.ok(PendingOffersDocument, variables, who)).pendingOffers;

  /** A new dealer's negotiations, an hour apart. */
  async function withMany(count: number) {
    const dealer = await app.build.dealer();
    const made: BuiltNegotiation[] = [];
    for (let index = 0; index < count; index++) {
      made.push(
        await app.build.negotiation({ vehicle: await app.build.vehicle(dealer), buyer: scene.buyer }),
      );
      app.clock.advance(HOUR);
    }
    return { dealer, made };
  }

  it("are buyers' offers that wait for this dealer's answer, soonest to lapse first", async () => {
    const { dealer, made } = await withMany(4);
    const [answered, first, ended, last] = made as [
      BuiltNegotiation,
      BuiltNegotiation,
      BuiltNegotiation,
      BuiltNegotiation,
    ];
    await scene.counter(dealer, answered, '18000');
    await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: ended.id });
    const { nodes, totalCount } = await pending(dealer);
    expect(totalCount).toBe(2);
    expect(nodes.map((offer) => offer.id)).toEqual([first.offerId, last.offerId]);
    expect(nodes[0]).toMatchObject({
      amount: '15000.00',
      party: 'BUYER',
      status: 'PENDING',
      resolvedBy: null,
      negotiation: { id: first.id, vehicle: { id: first.vehicle.id } },
    });
    // The buyer answers: the offer goes to the end of the line, for its clock is the newest.
    const { offerId } = await scene.counter(scene.buyer, answered, '16000');
    expect((await pending(dealer)).nodes.map((offer) => offer.id)).toEqual([
      first.offerId,
      last.offerId,
      offerId,
    ]);
  });

  it('are paged', async () => {
    const { dealer, made } = await withMany(3);
    const page = await pending(dealer, { first: 2 });
    const rest = await pending(dealer, { first: 2, after: page.pageInfo.endCursor ?? null });
    expect([...page.nodes, ...rest.nodes].map((offer) => offer.id)).toEqual(made.map((n) => n.offerId));
    expect([page.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('are none for a dealer without a dealership', async () => {
    const dealer = (await app.build.register({ userType: 'DEALER' })) as DealerPerson;
    expect(await pending(dealer)).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it.each([
    ['buyers', async () => scene.buyer, 'FORBIDDEN'],
    ['admins', () => app.build.admin(), 'FORBIDDEN'],
    ['guests', async () => ({ token: undefined }), 'UNAUTHENTICATED'],
  ])('are not for %s', async (_who, make, code) => {
    expect(app.errorOf(await app.request(PendingOffersDocument, {}, await make())).code).toBe(code);
  });
});
