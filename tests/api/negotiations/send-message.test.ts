import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/app/config.js';
import {
  NegotiationsDocument,
  SendMessageDocument,
  type SendMessageInput,
} from '../../generated/operations.js';
import { databaseKinds, testSecret, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { DAY, HOUR, MINUTE } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { move, tally } from '../../support/moves.js';
import { expectSound } from '../../support/replay.js';
import { badMessages, unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('sendMessage on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const send = (who: { token: string | undefined }, input: SendMessageInput) =>
    app.request(SendMessageDocument, { input }, who);
  const said = async (who: Person, negotiationId: string, body: string) =>
    (await app.ok(SendMessageDocument, { input: { negotiationId, body } }, who)).sendMessage;

  it("writes into the offers' log, and moves neither turn nor clock nor offer", async () => {
    const negotiation = await scene.open();
    const { events: _, offers, ...before } = await scene.read(negotiation, scene.buyer);
    app.clock.advance(MINUTE);
    const first = await said(scene.buyer, negotiation.id, '  Is it still there? \n');
    expect(first.event).toEqual({
      sequence: 2,
      kind: 'MESSAGE_SENT',
      party: 'BUYER',
      message: 'Is it still there?',
      offer: null,
    });
    expect(first.clientMutationId).toBeNull();
    expect(first.negotiation).toMatchObject({ updatedAt: scene.at(), unreadCount: 0 });
    await said(scene.dealer, negotiation.id, 'It is.');
    await scene.counter(scene.dealer, negotiation, '18000');
    const after = await scene.read(negotiation);
    expect(after.events.nodes.map(({ sequence, kind: what, party }) => [sequence, what, party])).toEqual([
      [1, 'OFFER_SUBMITTED', 'BUYER'],
      [2, 'MESSAGE_SENT', 'BUYER'],
      [3, 'MESSAGE_SENT', 'DEALER'],
      [4, 'OFFER_SUBMITTED', 'DEALER'],
    ]);
    expect(after.offers[0]).toEqual({
      ...offers[0],
      status: 'COUNTERED',
      resolvedBy: 'USER',
      respondedAt: scene.at(),
    });
    const { vehicle: _vehicle, ...state } = before;
    expect(first.negotiation).toMatchObject({ ...state, lastSequence: 2 });
    expectSound(await ledgerOf(app, [negotiation.vehicle.id]));
  });

  it('is in the inbox of the other side, and unread there alone', async () => {
    const negotiation = await scene.open();
    await said(scene.dealer, negotiation.id, 'Come and see it.');
    await said(scene.buyer, negotiation.id, 'I shall.');
    expect(await inboxes(negotiation.id)).toEqual([
      { user: scene.dealer.id, kind: 'OFFER_RECEIVED' },
      { user: scene.buyer.id, kind: 'MESSAGE_RECEIVED' },
      { user: scene.dealer.id, kind: 'MESSAGE_RECEIVED' },
    ]);
    const { negotiations } = await ledgerOf(app, [negotiation.vehicle.id]);
    expect(negotiations).toMatchObject([
      { lastSequence: 3, buyerUnread: 1, dealerUnread: 2, buyerReadSequence: 0, dealerReadSequence: 0 },
    ]);
  });

  async function inboxes(negotiationId: string): Promise<Array<{ user: string; kind: string }>> {
    const rows = (await app.orm.em
      .fork()
      .getConnection()
      .execute('select user_id, kind from notifications where negotiation_id = ? order by id', [
        negotiationId,
      ])) as Array<{ user_id: string; kind: string }>;
    return rows.map((row) => ({ user: row.user_id, kind: row.kind }));
  }

  it('brings its negotiation to the top of the lists', async () => {
    const one = await scene.open();
    app.clock.advance(MINUTE);
    const two = await scene.open();
    app.clock.advance(MINUTE);
    await said(scene.dealer, one.id, 'Still interested?');
    const top = await app.ok(NegotiationsDocument, { first: 2 }, scene.buyer);
    expect(top.negotiations.nodes.map(({ id }) => id)).toEqual([one.id, two.id]);
  });

  it.each([
    ['lapsed, not written down', 'OFFER_EXPIRED', async () => app.clock.advance(48 * HOUR)],
    [
      'agreed and not sold in time',
      'NEGOTIATION_ENDED',
      async (n: Negotiation) => {
        await scene.accept(scene.dealer, n);
        app.clock.advance(7 * DAY);
      },
    ],
    [
      'cancelled',
      'NEGOTIATION_ENDED',
      ({ id }: Negotiation) => scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: id }),
    ],
  ])('is refused to both once it is %s', async (_what, code, bring) => {
    const negotiation = await scene.open();
    await bring(negotiation);
    for (const who of [scene.buyer, scene.dealer]) {
      const input = { negotiationId: negotiation.id, body: 'Hello?' };
      expect(await scene.refused(() => send(who, input))).toMatchObject({ code });
    }
  });
  type Negotiation = Awaited<ReturnType<typeof scene.open>>;

  it.each([...badMessages, ['nothing', ''], ['blanks', ' \n\t \u00a0'], ['a bell', 'a\u0007b']])(
    'refuses %s',
    async (_what, body) => {
      const { id: negotiationId } = await scene.open();
      const refusal = await scene.refused(() => send(scene.buyer, { negotiationId, body }));
      expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: { body: [expect.any(String)] } });
    },
  );

  it('takes 2,000 characters whatever they are, blanks around them not counted', async () => {
    const { id } = await scene.open();
    const body = `${'x'.repeat(1_980)}<b>'"\\%😀\u2028`.padEnd(2_000, 'y');
    expect((await said(scene.buyer, id, `  ${body}\n`)).event?.message).toBe(body);
  });

  it.each([
    ['a rival buyer', async (): Promise<Partial<Person>> => scene.rival, 'NOT_FOUND'],
    ['another dealer', () => app.build.dealer(), 'NOT_FOUND'],
    ['an admin', () => app.build.admin(), 'FORBIDDEN'],
    ['a guest', async (): Promise<Partial<Person>> => ({}), 'UNAUTHENTICATED'],
  ])('refuses %s', async (_who, make, code) => {
    const { id: negotiationId } = await scene.open();
    const who = { token: (await make()).token };
    expect(await scene.refused(() => send(who, { negotiationId, body: 'Psst' }))).toMatchObject({ code });
  });

  it.each(unknownIds)('knows no negotiation %j', async (negotiationId) => {
    const refusal = await scene.refused(() => send(scene.buyer, { negotiationId, body: 'Hello' }));
    expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is said once, however often it is sent with one clientMutationId', async () => {
    const { id: negotiationId, vehicle } = await scene.open();
    const input = { negotiationId, body: 'Hello', clientMutationId: `hello-${negotiationId}` };
    const moves = await Promise.all(
      Array.from({ length: 6 }, () => move(app, scene.buyer, 'sendMessage', input)),
    );
    expect(moves[0]).toMatchObject({ code: 'OK', sequence: 2 });
    expect(new Set(moves.map((moved) => JSON.stringify(moved))).size).toBe(1);
    expect((await ledgerOf(app, [vehicle.id])).events).toHaveLength(2);
    const other = await scene.refused(() => send(scene.buyer, { ...input, body: 'Good bye' }));
    expect(other.code).toBe('CONFLICT');
  });
});

describe('messages in a minute', () => {
  const { policy } = readConfig({ NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}` });
  const app = useApp('sqlite', { config: { policy: { ...policy, messagesPerMinute: 4 } } });

  it('are counted for each account: what is refused or said again costs nothing', async () => {
    const { id: negotiationId, buyer, dealer, vehicle } = await app.build.negotiation();
    const send = (who: Person, body: string, more = {}) =>
      move(app, who, 'sendMessage', { negotiationId, body, ...more });
    const unknown = { negotiationId: 'nonsense' };
    for (let i = 0; i < 5; i++) expect((await send(buyer, 'Hello', unknown)).code).toBe('NOT_FOUND');
    const first = await send(buyer, 'Hello', { clientMutationId: 'first' });
    expect(first.code).toBe('OK');

    const many = await Promise.all(Array.from({ length: 8 }, () => send(buyer, 'Hello?')));
    expect(tally(many)).toEqual({ OK: 3, RATE_LIMITED: 5 });
    expect(await send(buyer, 'Hello', { clientMutationId: 'first' })).toEqual(first);
    expect((await send(dealer, 'Yes?')).code).toBe('OK');

    const response = await app.request(
      SendMessageDocument,
      { input: { negotiationId, body: 'Again' } },
      buyer,
    );
    const seconds = response.errors?.[0]?.extensions.retryAfterSeconds as number;
    expect(app.errorOf(response)).toMatchObject({ code: 'RATE_LIMITED', statusCode: 429 });
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expectSound(await ledgerOf(app, [vehicle.id]));
    expect((await ledgerOf(app, [vehicle.id])).events).toHaveLength(1 + 4 + 1);
  });
});
