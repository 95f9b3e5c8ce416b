import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Bus } from '../../../src/kernel/ports.js';
import { MarkNegotiationReadDocument, NegotiationReadDocument } from '../../generated/operations.js';
import { databaseKinds, type TestApp, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { expectNoMore, followedStreams, LossyBus, until, upTo, useLive } from '../../support/live.js';
import { move } from '../../support/moves.js';
import { RawSocket } from '../../support/raw-socket.js';

const UNKNOWN = '01890000-0000-7000-8000-000000000000';

const mark = (app: TestApp, who: Person, negotiationId: string, sequence: number) =>
  app.ok(MarkNegotiationReadDocument, { input: { negotiationId, sequence } }, who);
async function say(app: TestApp, who: Person, negotiationId: string, count: number) {
  for (let i = 0; i < count; i++) await move(app, who, 'sendMessage', { negotiationId, body: 'Hello' });
}

describe.each(databaseKinds)('negotiationRead on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);
  const follow = (negotiationId: string, person: Person) =>
    live.follow(person, NegotiationReadDocument, { negotiationId });
  const receipt = (negotiationId: string, party: string, sequence: number) => ({
    negotiationRead: { negotiationId, party, sequence },
  });

  it('tells both marks as they are, and then each that moves', async () => {
    const { id, buyer, dealer } = await app.build.negotiation();
    await say(app, buyer, id, 3);
    await mark(app, dealer, id, 2);
    const [buyers, dealers] = [await follow(id, buyer), await follow(id, dealer)];
    await mark(app, dealer, id, 4);
    const told = [
      receipt(id, 'BUYER', 0),
      receipt(id, 'DEALER', 2),
      receipt(id, 'DEALER', 4),
      receipt(id, 'BUYER', 1),
    ];
    expect(await buyers.take(3)).toEqual(told.slice(0, 3));
    await mark(app, dealer, id, 3);
    await mark(app, buyer, id, 1);
    for (const following of [buyers, dealers]) {
      expect(await following.take(4)).toEqual(told);
      await expectNoMore(following, 4);
    }
  });

  it('goes on after the end', async () => {
    const { id, buyer, dealer } = await app.build.negotiation();
    const following = await follow(id, dealer);
    await move(app, buyer, 'cancelNegotiation', { negotiationId: id });
    await mark(app, buyer, id, 2);
    expect((await following.take(3))[2]).toEqual(receipt(id, 'BUYER', 2));
  });

  it('is the matter of the parties alone', async () => {
    const vehicle = await app.build.vehicle();
    const { id } = await app.build.negotiation({ vehicle });
    const others: Array<[{ token?: string }, string, string]> = [
      [await app.build.buyer(), id, 'NOT_FOUND'],
      [(await app.build.negotiation({ vehicle })).buyer, id, 'NOT_FOUND'],
      [await app.build.dealer(), id, 'NOT_FOUND'],
      [{}, id, 'UNAUTHENTICATED'],
      [await app.build.admin(), id, 'FORBIDDEN'],
      [vehicle.dealer, UNKNOWN, 'NOT_FOUND'],
      [vehicle.dealer, 'nonsense', 'NOT_FOUND'],
    ];
    for (const [person, negotiationId, code] of others) {
      const socket = await RawSocket.ready(app, person.token);
      socket.subscribe('1', print(NegotiationReadDocument), { negotiationId });
      expect(await socket.answer('1')).toEqual({ data: null, code });
      socket.terminate();
    }
    expect(followedStreams(app)).toBe(0);
  });
});

/** Says nothing to anybody. */
const dumb: Bus = {
  publish: () => undefined,
  subscribe: () => () => undefined,
  close: async () => undefined,
};

describe.each(databaseKinds)('negotiationRead without announcements, on %s', (kind) => {
  const app = useApp(kind, { config: { headPollMs: 50 }, adapters: { bus: dumb } });
  const live = useLive(app);

  it('heals by itself', async () => {
    const { id: negotiationId, buyer, dealer } = await app.build.negotiation();
    const following = await live.follow(buyer, NegotiationReadDocument, { negotiationId });
    await following.take(2);
    await mark(app, dealer, negotiationId, 1);
    expect((await following.take(3))[2]?.negotiationRead).toMatchObject({ party: 'DEALER', sequence: 1 });
  });
});

describe('negotiationRead over a bus that loses and doubles', () => {
  const bus = new LossyBus();
  const app = useApp('sqlite', { config: { headPollMs: 50 }, adapters: { bus } });
  const live = useLive(app);

  it('never goes back, and comes to where both are', async () => {
    const { id: negotiationId, buyer, dealer } = await app.build.negotiation();
    await say(app, buyer, negotiationId, 15);
    const following = await live.follow(dealer, NegotiationReadDocument, { negotiationId });
    await Promise.all(
      upTo(16).flatMap((sequence) => [
        mark(app, buyer, negotiationId, sequence),
        mark(app, dealer, negotiationId, sequence),
      ]),
    );
    const seen = (party: string) =>
      following.results.flatMap((result) =>
        result.negotiationRead.party === party ? [result.negotiationRead.sequence] : [],
      );
    for (const party of ['BUYER', 'DEALER']) {
      await until(`${party} to be at the end`, () => seen(party).at(-1) === 16);
      expect(seen(party)).toEqual([...new Set(seen(party))].sort((a, b) => a - b));
    }
    expect(bus.lost).toBeGreaterThan(0);
  });
});
