import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BusMessage } from '../../../src/kernel/ports.js';
import { RedisBus } from '../../../src/platform/bus/redis-bus.js';
import { testLog } from '../../support/app.js';
import { hasRedis, useRedis } from '../../support/redis.js';
import { over, Relay } from '../../support/relay.js';

const SOON = { timeout: 5_000, interval: 10 };

for (const cluster of [false, true]) {
  if (!hasRedis) break;
  describe(`RedisBus, ${cluster ? 'on a cluster' : 'on one server'}`, () => {
    const redis = useRedis({ cluster });
    const open: RedisBus[] = [];

    const bus = async (more: { url?: string; pulseMs?: number } = {}) => {
      const made = new RedisBus({ url: redis.url, cluster, prefix: 'test', ...more }, testLog);
      open.push(made);
      await vi.waitFor(() => expect(made.isUp).toBe(true), SOON);
      return made;
    };
    const heardBy = (listener: RedisBus, topic: string) => {
      const heard: BusMessage[] = [];
      const forget = listener.subscribe(topic, (message) => heard.push(message));
      return { heard, forget };
    };
    /** Says something until it is heard: a subscription takes a moment to reach Redis. */
    const untilHeard = async (speaker: RedisBus, topic: string, heard: readonly BusMessage[]) => {
      const before = heard.length;
      await vi.waitFor(() => {
        speaker.publish(topic, { sequence: -1 });
        expect(heard.length).toBeGreaterThan(before);
      }, SOON);
      await pause(50);
    };

    afterEach(async () => {
      await Promise.all(open.splice(0).map((one) => one.close()));
    });

    it('carries a message to whoever listens to its topic, on every node, once', async () => {
      const [a, b] = [await bus(), await bus()];
      const here = heardBy(a, 'negotiation:1');
      const there = heardBy(b, 'negotiation:1');
      const other = heardBy(b, 'negotiation:2');
      await untilHeard(a, 'negotiation:1', there.heard);
      here.heard.length = 0;
      there.heard.length = 0;
      a.publish('negotiation:1', { sequence: 7 });
      await vi.waitFor(() => expect(there.heard).toEqual([{ sequence: 7 }]), SOON);
      await pause(50);
      expect(here.heard).toEqual([{ sequence: 7 }]);
      expect(there.heard).toEqual([{ sequence: 7 }]);
      expect(other.heard).toEqual([]);
    });

    it('asks Redis only for what somebody here listens to', async () => {
      const [a, b] = [await bus(), await bus()];
      const { heard, forget } = heardBy(b, 'vehicle:1');
      await untilHeard(a, 'vehicle:1', heard);
      const again = heardBy(b, 'vehicle:1');
      expect(b.channels).toBe(1);
      forget();
      forget();
      expect(b.channels).toBe(1);
      again.forget();
      expect(b.channels).toBe(0);
      const received = b.received;
      await pause(50);
      a.publish('vehicle:1', { id: 'x' });
      await pause(100);
      expect(b.received).toBe(received);
    });

    it('hears again after topics were left and taken up in one go', async () => {
      const [a, b] = [await bus(), await bus()];
      for (let n = 0; n < 20; n++) heardBy(b, `vehicle:${n}`).forget();
      const { heard } = heardBy(b, 'vehicle:3');
      await untilHeard(a, 'vehicle:3', heard);
      expect(b.channels).toBe(1);
    });

    it('goes on here without Redis, drops what was for others, and is fast again when Redis is back', async () => {
      const [a, b] = [await bus(), await bus()];
      const here = heardBy(a, 'negotiation:9');
      const there = heardBy(b, 'negotiation:9');
      await untilHeard(a, 'negotiation:9', there.heard);
      await redis.server.stop();
      await vi.waitFor(() => expect(a.isUp || b.isUp).toBe(false), SOON);
      here.heard.length = 0;
      const heardThere = there.heard.length;
      const { dropped } = a;
      for (let n = 0; n < 1_000; n++) a.publish('negotiation:9', { sequence: n });
      await vi.waitFor(() => expect(here.heard).toHaveLength(1_000), SOON);
      expect(a.dropped).toBe(dropped + 1_000);
      // Taken up while Redis is away.
      const late = heardBy(b, 'negotiation:10');
      await redis.server.start();
      await vi.waitFor(() => expect(a.isUp && b.isUp).toBe(true), SOON);
      await untilHeard(a, 'negotiation:9', there.heard);
      await untilHeard(a, 'negotiation:10', late.heard);
      // What was said meanwhile is not told late: those who follow have looked at the database.
      expect(there.heard.slice(heardThere).every(({ sequence }) => sequence === -1)).toBe(true);
    });

    it('keeps no more for a Redis that has stopped to answer than a bounded number of messages', async () => {
      const a = await bus();
      redis.server.pause();
      try {
        const before = a.dropped;
        for (let n = 0; n < 30_000; n++) a.publish('negotiation:1', { sequence: n });
        expect(a.dropped - before).toBeGreaterThanOrEqual(20_000);
        await vi.waitFor(() => expect(a.dropped - before).toBe(30_000), SOON);
      } finally {
        redis.server.resume();
      }
      const { heard } = heardBy(await bus(), 'negotiation:1');
      await untilHeard(a, 'negotiation:1', heard);
    });

    it('keeps up with many topics, and has all of them again when Redis is back', async () => {
      const [a, b] = [await bus(), await bus()];
      const heard: BusMessage[] = [];
      for (let n = 0; n < 2_000; n++) b.subscribe(`vehicle:${n}`, (message) => heard.push(message));
      await untilHeard(a, 'vehicle:1999', heard);
      await redis.server.stop();
      await vi.waitFor(() => expect(b.isUp).toBe(false), SOON);
      await redis.server.start();
      await vi.waitFor(() => expect(a.isUp && b.isUp).toBe(true), SOON);
      await untilHeard(a, 'vehicle:1999', heard);
      for (let n = 0; n < 2_000; n++) a.publish(`vehicle:${n}`, { n });
      await vi.waitFor(() => expect(heard.filter(({ n }) => n !== undefined)).toHaveLength(2_000), SOON);
    });

    it('lives with others who say something else on its channels', async () => {
      const [a, b] = [await bus(), await bus()];
      const { heard } = heardBy(b, 'negotiation:1');
      await untilHeard(a, 'negotiation:1', heard);
      const channel = redis.server.command(
        ...(cluster ? ['PUBSUB', 'SHARDCHANNELS'] : ['PUBSUB', 'CHANNELS']),
      );
      const count = heard.length;
      for (const text of ['no json', '{"from":"x"}', '7', 'null'])
        redis.server.command(cluster ? 'SPUBLISH' : 'PUBLISH', channel.split('\n')[0] as string, text);
      await untilHeard(a, 'negotiation:1', heard);
      expect(heard.slice(count).every(({ sequence }) => sequence === -1)).toBe(true);
    });
  });
}

if (hasRedis)
  describe('RedisBus, on a line that has gone dead without a word', () => {
    const redis = useRedis();
    const open: RedisBus[] = [];

    afterEach(async () => {
      await Promise.all(open.splice(0).map((one) => one.close()));
    });

    it('finds out, though nobody says anything, and makes a new one', async () => {
      const relay = await Relay.to(redis.server.port);
      const settings = { cluster: false, prefix: 'test', pulseMs: 100 };
      const near = new RedisBus({ ...settings, url: over(relay, redis.url) }, testLog);
      const far = new RedisBus({ ...settings, url: redis.url }, testLog);
      open.push(near, far);
      const heard: BusMessage[] = [];
      near.subscribe('negotiation:1', (message) => heard.push(message));
      const hears = async (sequence: number) => {
        await vi.waitFor(
          () => {
            far.publish('negotiation:1', { sequence });
            expect(heard).toContainEqual({ sequence });
          },
          { timeout: 10_000, interval: 50 },
        );
      };
      await hears(1);
      // What is said on a healthy line comes back.
      await pause(1_000);
      expect(near.isUp).toBe(true);
      let isDead = true;
      relay.look = (from, data) =>
        isDead && from === 'SERVER' && data.includes('message') ? 'SWALLOW' : 'PASS';
      await vi.waitFor(() => expect(near.isUp).toBe(false), { timeout: 5_000, interval: 1 });
      isDead = false;
      await hears(2);
      await relay.close();
    });
  });
