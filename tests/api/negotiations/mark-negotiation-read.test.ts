import { describe, expect, it } from 'vitest';
import { MarkNegotiationReadDocument, NegotiationsDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { HOUR, MINUTE } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { expectSound } from '../../support/replay.js';
import { unknownIds, useScene } from './scene.js';

const UNREAD = `query ($id: ID!) {
  negotiation(id: $id) { unreadCount buyerReadSequence dealerReadSequence events { totalCount } }
}`;

describe.each(databaseKinds)('markNegotiationRead on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const mark = (who: { token: string | undefined }, negotiationId: string, sequence: number) =>
    app.request(MarkNegotiationReadDocument, { input: { negotiationId, sequence } }, who);
  async function marked(who: Person, negotiationId: string, sequence: number) {
    const input = { negotiationId, sequence };
    return (await app.ok(MarkNegotiationReadDocument, { input }, who)).markNegotiationRead;
  }
  const say = (who: Person, negotiationId: string) =>
    scene.done(who, 'sendMessage', { negotiationId, body: 'Hello' });
  const unread = async (who: Person, id: string) =>
    (await app.ok<{ negotiation: Record<string, unknown> }, object>(UNREAD, { id }, who)).negotiation;

  /** 1 the buyer's offer, 2 and 3 the dealer's words, 4 the buyer's, 5 the dealer's. */
  async function talk() {
    const negotiation = await scene.open();
    for (const who of [scene.dealer, scene.dealer, scene.buyer, scene.dealer]) await say(who, negotiation.id);
    return negotiation;
  }

  it('counts what is left, whoever wrote what between, and is no news', async () => {
    const { id, vehicle } = await talk();
    const before = (await ledgerOf(app, [vehicle.id])).negotiations[0];
    app.clock.advance(MINUTE);
    const first = await marked(scene.buyer, id, 2);
    expect(first).toEqual({
      clientMutationId: null,
      event: null,
      negotiation: {
        id,
        unreadCount: 2,
        buyerReadSequence: 2,
        dealerReadSequence: 0,
        updatedAt: new Date(before?.updatedAt as number).toISOString(),
      },
    });
    expect((await marked(scene.buyer, id, 4)).negotiation).toMatchObject({
      unreadCount: 1,
      buyerReadSequence: 4,
    });
    expect((await marked(scene.buyer, id, 5)).negotiation).toMatchObject({
      unreadCount: 0,
      buyerReadSequence: 5,
    });
    expect(await unread(scene.dealer, id)).toEqual({
      unreadCount: 2,
      buyerReadSequence: 5,
      dealerReadSequence: 0,
      events: { totalCount: 5 },
    });
    const ledger = await ledgerOf(app, [vehicle.id]);
    expect(ledger.negotiations).toEqual([{ ...before, buyerReadSequence: 5, buyerUnread: 0 }]);
    expectSound(ledger);
  });

  it('moves nothing backwards', async () => {
    const { id, vehicle } = await talk();
    await marked(scene.dealer, id, 4);
    const before = await ledgerOf(app, [vehicle.id]);
    for (const sequence of [4, 1, 0])
      expect((await marked(scene.dealer, id, sequence)).negotiation).toMatchObject({ dealerReadSequence: 4 });
    expect(await ledgerOf(app, [vehicle.id])).toEqual(before);
  });

  it('is done by nothing else: who writes has not read by that', async () => {
    const { id } = await talk();
    await say(scene.buyer, id);
    expect(await unread(scene.buyer, id)).toMatchObject({ unreadCount: 3, buyerReadSequence: 0 });
    await scene.counter(scene.dealer, { id }, '18000');
    expect(await unread(scene.dealer, id)).toMatchObject({ unreadCount: 3, dealerReadSequence: 0 });
  });

  it("counts the system's entries for both", async () => {
    const { id } = await scene.open();
    await marked(scene.buyer, id, 1);
    app.clock.advance(48 * HOUR);
    await scene.sweep();
    expect(await unread(scene.buyer, id)).toMatchObject({ unreadCount: 1 });
    expect(await unread(scene.dealer, id)).toMatchObject({ unreadCount: 2 });
    expect((await marked(scene.buyer, id, 2)).negotiation).toMatchObject({ unreadCount: 0 });
  });

  it('leaves a list in its order', async () => {
    const one = await scene.open();
    app.clock.advance(MINUTE);
    const two = await scene.open();
    app.clock.advance(MINUTE);
    await marked(scene.buyer, one.id, 1);
    const top = await app.ok(NegotiationsDocument, { first: 2 }, scene.buyer);
    expect(top.negotiations.nodes.map(({ id }) => id)).toEqual([two.id, one.id]);
  });

  it('shows an admin nothing unread', async () => {
    const { id } = await talk();
    expect(await unread(await app.build.admin(), id)).toMatchObject({ unreadCount: 0, buyerReadSequence: 0 });
  });

  it.each([-1, 6, 2_147_483_647])('refuses place %i in a log of 5', async (sequence) => {
    const { id } = await talk();
    expect(await scene.refused(() => mark(scene.buyer, id, sequence))).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { sequence: ['Ensure this value is between 0 and 5.'] },
    });
  });

  it.each([
    ['a rival buyer', async (): Promise<Partial<Person>> => scene.rival, 'NOT_FOUND'],
    ['another dealer', () => app.build.dealer(), 'NOT_FOUND'],
    ['an admin', () => app.build.admin(), 'FORBIDDEN'],
    ['a guest', async (): Promise<Partial<Person>> => ({}), 'UNAUTHENTICATED'],
  ])('refuses %s, whatever the number', async (_who, make, code) => {
    const { id } = await scene.open();
    const who = { token: (await make()).token };
    for (const sequence of [1, 99])
      expect(await scene.refused(() => mark(who, id, sequence))).toMatchObject({ code });
  });

  it.each(unknownIds)('knows no negotiation %j', async (id) => {
    expect(await scene.refused(() => mark(scene.buyer, id, 0))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
