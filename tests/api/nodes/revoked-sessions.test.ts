import { afterEach, describe, expect, it, vi } from 'vitest';
import { RevokedSessions, revokedSessionsPart } from '../../../src/modules/accounts/revoked-sessions.js';
import { LogoutDocument, MeDocument, NotificationReceivedDocument } from '../../generated/operations.js';
import { TestApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { levelFollowers, pause, until, useLive } from '../../support/live.js';
import { hasRedis } from '../../support/redis.js';
import { useNodes } from './two-nodes.js';

/** In which a revocation has to be known everywhere. */
const PROMISED_MS = 5_000;

if (hasRedis)
  describe('a session that is revoked on one node', () => {
    const nodes = useNodes();
    const { one, other } = nodes;
    const live = useLive(other);
    afterEach(() => vi.restoreAllMocks());

    const isKnown = async ({ token }: Person) => (await other.ok(MeDocument, {}, { token })).me !== null;
    const logout = ({ refreshToken, token }: Person) =>
      one.ok(LogoutDocument, { input: { refreshToken } }, { token });
    const socketOf = async (person: Person) => {
      const before = levelFollowers(other);
      const client = live.client(person);
      client.follow(NotificationReceivedDocument);
      await until('it to be live', () => levelFollowers(other) > before);
      return client;
    };

    it('is over on the other at once: its socket is closed and its token is nobody', async () => {
      const [buyer, neighbour] = [await other.build.buyer(), await other.build.buyer()];
      // So that it is the bus that tells of it.
      const revoked = other.system.services.parts.get(revokedSessionsPart);
      vi.spyOn(revoked, 'reread').mockResolvedValue();
      await nodes.asked('sessions-revoked', 2);
      const [socket, spared] = [await socketOf(buyer), await socketOf(neighbour)];
      expect(await isKnown(buyer)).toBe(true);
      const from = performance.now();
      await logout(buyer);
      await until('the socket to be closed', () => socket.closed !== null);
      expect(performance.now() - from).toBeLessThan(PROMISED_MS / 2);
      expect(socket.closed).toMatchObject({ code: 4403 });
      expect(await isKnown(buyer)).toBe(false);
      expect(spared.isOpen).toBe(true);
      expect(await isKnown(neighbour)).toBe(true);
    });

    it('is over on a node that starts later, from its first request on', async () => {
      const buyer = await other.build.buyer();
      await logout(buyer);
      const { reread } = RevokedSessions.prototype;
      vi.spyOn(RevokedSessions.prototype, 'reread').mockImplementation(async function (
        this: RevokedSessions,
        ctx,
      ) {
        await pause(500);
        await reread.call(this, ctx);
      });
      const late = new TestApp('postgresql', { beside: one });
      await late.start();
      try {
        expect((await late.ok(MeDocument, {}, buyer)).me).toBeNull();
      } finally {
        await late.stop();
      }
    });

    it('is over on the other within 5 s without Redis, and while it is held still', async () => {
      const [buyer, neighbour] = [await other.build.buyer(), await other.build.buyer()];
      const [socket, spared] = [await socketOf(buyer), await socketOf(neighbour)];
      nodes.redis.server.pause();
      const from = performance.now();
      await logout(buyer);
      await until('the socket to be closed', () => socket.closed !== null);
      expect(performance.now() - from).toBeLessThan(PROMISED_MS);
      expect(await isKnown(buyer)).toBe(false);
      nodes.redis.server.resume();

      await nodes.redis.server.stop();
      const later = performance.now();
      await logout(neighbour);
      await until('the socket to be closed', () => spared.closed !== null);
      expect(performance.now() - later).toBeLessThan(PROMISED_MS);
      expect(spared.closed).toMatchObject({ code: 4403 });
      expect(await isKnown(neighbour)).toBe(false);
    });
  });
