import { print } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { typingMsPart } from '../../../src/modules/negotiations/chat/typing.live.js';
import { CancelNegotiationDocument, SetTypingDocument, TypingDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { busListeners, expectNoMore, useLive } from '../../support/live.js';
import { move } from '../../support/moves.js';
import { RawSocket } from '../../support/raw-socket.js';

const UNKNOWN = '01890000-0000-7000-8000-000000000000';
const topicOf = (id: string) => `typing:${id}`;

describe.each(databaseKinds)('typing on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);
  const leavesOffAfter = (ms: number) => app.system.services.parts.set(typingMsPart, ms);

  // Longer than any of these tests waits: what ends before has been ended.
  beforeAll(() => leavesOffAfter(60_000));

  const follow = (negotiationId: string, person: Person) =>
    live.listen(person, topicOf(negotiationId), TypingDocument, { negotiationId });
  const set = (negotiationId: string, person: { token?: string }, typing: boolean) =>
    app.request(SetTypingDocument, { input: { negotiationId, typing } }, person);

  it('tells each side what the other does, and not what it does itself', async () => {
    const { id: negotiationId, buyer, dealer } = await app.build.negotiation();
    const buyers = await follow(negotiationId, buyer);
    const dealers = await follow(negotiationId, dealer);
    await set(negotiationId, buyer, true);
    expect(await dealers.take(1)).toEqual([{ typing: { negotiationId, party: 'BUYER', typing: true } }]);
    await set(negotiationId, buyer, false);
    expect((await dealers.take(2))[1]).toEqual({ typing: { negotiationId, party: 'BUYER', typing: false } });
    await set(negotiationId, dealer, true);
    expect(await buyers.take(1)).toEqual([{ typing: { negotiationId, party: 'DEALER', typing: true } }]);
    await expectNoMore(buyers, 1);
    await expectNoMore(dealers, 2);
  });

  it('is stored nowhere and replayed to nobody', async () => {
    const { id, buyer, dealer } = await app.build.negotiation();
    const statements = await app.statements(() => set(id, buyer, true));
    expect(statements.filter((statement) => !/^\s*select/i.test(statement))).toEqual([]);
    await expectNoMore(await follow(id, dealer), 0);
  });

  it.each([
    ['message', 'sendMessage', 'buyer', { body: 'Hello' }],
    ['counter-offer', 'submitOffer', 'dealer', { amount: '18000' }],
    ['rejection', 'rejectNegotiation', 'dealer', {}],
  ] as const)('is over with a %s', async (_what, mutation, side, more) => {
    const { id: negotiationId, ...people } = await app.build.negotiation();
    const [writer, reader] = side === 'buyer' ? [people.buyer, people.dealer] : [people.dealer, people.buyer];
    const following = await follow(negotiationId, reader);
    await set(negotiationId, writer, true);
    await following.take(1);
    const { code } = await move(app, writer, 'sendMessage', { negotiationId, body: ' ' });
    expect(code).toBe('BAD_USER_INPUT');
    await expectNoMore(following, 1);
    expect((await move(app, writer, mutation, { negotiationId, ...more })).code).toBe('OK');
    expect((await following.take(2))[1]?.typing).toMatchObject({ typing: false });
    await expectNoMore(following, 2);
  });

  it('is over a while after the last sign, for each who follows it once', async () => {
    const { id: negotiationId, buyer, dealer } = await app.build.negotiation();
    leavesOffAfter(150);
    const followers = [await follow(negotiationId, dealer), await follow(negotiationId, dealer)];
    leavesOffAfter(60_000);
    await set(negotiationId, buyer, true);
    for (const following of followers) {
      expect((await following.take(2)).map(({ typing }) => typing.typing)).toEqual([true, false]);
      await expectNoMore(following, 2);
    }
  });

  it('stays within its negotiation', async () => {
    const vehicle = await app.build.vehicle();
    const one = await app.build.negotiation({ vehicle });
    const two = await app.build.negotiation({ vehicle });
    const following = await follow(one.id, vehicle.dealer);
    await set(two.id, two.buyer, true);
    await expectNoMore(following, 0);
  });

  it('is refused once the negotiation has ended, and nobody hears of it', async () => {
    const { id, buyer, dealer } = await app.build.negotiation();
    const following = await follow(id, dealer);
    await app.ok(CancelNegotiationDocument, { input: { negotiationId: id } }, buyer);
    expect(app.errorOf(await set(id, buyer, true)).code).toBe('NEGOTIATION_ENDED');
    await expectNoMore(following, 0);
  });

  it('is the matter of the parties alone, to hear and to say', async () => {
    const vehicle = await app.build.vehicle();
    const { id, buyer } = await app.build.negotiation({ vehicle });
    const following = await follow(id, buyer);
    const others: Array<[{ token?: string }, string]> = [
      [await app.build.buyer(), 'NOT_FOUND'],
      [(await app.build.negotiation({ vehicle })).buyer, 'NOT_FOUND'],
      [await app.build.dealer(), 'NOT_FOUND'],
      [{}, 'UNAUTHENTICATED'],
      [await app.build.admin(), 'FORBIDDEN'],
    ];
    for (const [person, code] of others) {
      const socket = await RawSocket.ready(app, person.token);
      socket.subscribe('1', print(TypingDocument), { negotiationId: id });
      expect(await socket.answer('1')).toEqual({ data: null, code });
      await socket.expectOpen();
      expect(app.errorOf(await set(id, person, true)).code).toBe(code);
      socket.terminate();
    }
    await expectNoMore(following, 0);
    expect(busListeners(app, topicOf(id))).toBe(1);
  });

  it.each([UNKNOWN, 'nonsense', ''])('knows no negotiation "%s"', async (negotiationId) => {
    const buyer = await app.build.buyer();
    const socket = await RawSocket.ready(app, buyer.token);
    socket.subscribe('1', print(TypingDocument), { negotiationId });
    expect(await socket.answer('1')).toEqual({ data: null, code: 'NOT_FOUND' });
    expect(app.errorOf(await set(negotiationId, buyer, true)).code).toBe('NOT_FOUND');
    socket.terminate();
  });
});
