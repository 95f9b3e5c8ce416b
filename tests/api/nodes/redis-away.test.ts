import { beforeAll, describe, expect, it } from 'vitest';
import type { RedisBus } from '../../../src/platform/bus/redis-bus.js';
import {
  LoginDocument,
  NegotiationEventsDocument,
  NotificationReceivedDocument,
  SetTypingDocument,
  TypingDocument,
} from '../../generated/operations.js';
import type { BuiltNegotiation } from '../../support/builders.js';
import { expectNoMore, type Following, pause, until, upTo, useLive } from '../../support/live.js';
import { move } from '../../support/moves.js';
import { hasRedis } from '../../support/redis.js';
import { useNodes } from './two-nodes.js';

/** What Redis may cost an operation that does not need it. */
const TOLERANCE_MS = 50;
const WRITES = 20;

const CALM = {
  loginFailures: 3,
  loginFailuresPerIp: 1_000,
  registrationsPerIp: 1_000,
  mailRequests: 1_000,
  mailRequestsPerIp: 1_000,
};

if (hasRedis)
  describe('two nodes whose Redis goes away', () => {
    const nodes = useNodes({ headPollMs: 200, throttles: CALM });
    const { one, other } = nodes;
    const live = useLive(other);
    let negotiation: BuiltNegotiation;

    beforeAll(async () => {
      negotiation = await one.build.negotiation();
      await Promise.all([one, other].map(isUp));
    });

    const busOf = (app: typeof one) => app.system.services.bus as RedisBus;
    const isUp = (app: typeof one) => until('the bus to be up', () => busOf(app).isUp);
    const say = () =>
      move(one, negotiation.buyer, 'sendMessage', { negotiationId: negotiation.id, body: 'Hello' });
    /** How long a message takes: the median, for a neighbour of these tests may have the processor. */
    const writing = async () => {
      const times: number[] = [];
      for (let n = 0; n < WRITES; n++) {
        const from = performance.now();
        expect((await say()).code).toBe('OK');
        times.push(performance.now() - from);
      }
      return times.sort((a, b) => a - b)[WRITES / 2] as number;
    };
    const followEvents = () =>
      live.follow(negotiation.dealer, NegotiationEventsDocument, { negotiationId: negotiation.id, after: 0 });
    const numbers = (following: Awaited<ReturnType<typeof followEvents>>) =>
      following.results.map(({ negotiationEvents }) => negotiationEvents.sequence);
    const type = (typing: boolean) =>
      one.ok(SetTypingDocument, { input: { negotiationId: negotiation.id, typing } }, negotiation.buyer);
    const followTyping = () =>
      live.listen(negotiation.dealer, `typing:${negotiation.id}`, TypingDocument, {
        negotiationId: negotiation.id,
      });
    /** Nothing but Redis tells who types. */
    const seesTyping = async (following: Following<unknown>) => {
      const before = following.results.length;
      for (let n = 0; following.results.length === before; n++) {
        expect(n).toBeLessThan(100);
        await type(n % 2 === 0);
        await pause(50);
      }
    };

    it('go on writing as fast, have all of a stream by the poll, and are fast again when it is back', async () => {
      const events = await followEvents();
      const notifications = await live.follow(negotiation.dealer, NotificationReceivedDocument, { after: 0 });
      const typing = await followTyping();
      await nodes.asked(`typing:${negotiation.id}`);
      const usual = await writing();

      nodes.redis.server.pause();
      expect((await writing()) - usual).toBeLessThan(TOLERANCE_MS);
      await events.take(1 + 2 * WRITES);
      nodes.redis.server.resume();
      await Promise.all([one, other].map(isUp));

      await nodes.redis.server.stop();
      await until('it to be noticed', () => !busOf(one).isUp && !busOf(other).isUp);
      expect((await writing()) - usual).toBeLessThan(TOLERANCE_MS);
      await events.take(1 + 3 * WRITES);
      // Followed while there is no Redis.
      const late = await followEvents();
      await late.take(1 + 3 * WRITES);

      await nodes.redis.server.start();
      await Promise.all([one, other].map(isUp));
      await seesTyping(typing);
      await say();
      await events.take(2 + 3 * WRITES);
      await late.take(2 + 3 * WRITES);
      await expectNoMore(events, 2 + 3 * WRITES);
      expect(numbers(events)).toEqual(upTo(2 + 3 * WRITES));
      expect(numbers(late)).toEqual(upTo(2 + 3 * WRITES));
      const received = notifications.results.map(({ notificationReceived: { sequence } }) => sequence);
      expect(received).toEqual(upTo(received.length));
    });

    it('lock nobody out, and let nobody guess without end', async () => {
      const guess = async (app: typeof one, email: string, password: string) => {
        const response = await app.request(LoginDocument, { input: { email, password } });
        return response.errors ? app.errorOf(response).code : 'OK';
      };
      const { email, password } = negotiation.buyer;
      await nodes.redis.server.stop();
      await until('it to be noticed', () => !busOf(one).isUp && !busOf(other).isUp);
      expect(await guess(one, email, password)).toBe('OK');
      for (const app of [one, other]) {
        const codes: string[] = [];
        for (let n = 0; n < 5; n++) codes.push(await guess(app, email, 'not the password'));
        expect(codes.slice(3)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
        expect(codes.slice(0, 3)).not.toContain('RATE_LIMITED');
      }
      await nodes.redis.server.start();
      await Promise.all([one, other].map(isUp));
      const guesses: string[] = [];
      for (let n = 0; n < 6; n++)
        guesses.push(await guess(n % 2 ? one : other, negotiation.dealer.email, 'wrong'));
      expect(guesses.filter((code) => code !== 'RATE_LIMITED')).toHaveLength(3);
    });
  });
