import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/app/config.js';
import { systemClock } from '../../src/platform/clock/system-clock.js';
import { NegotiationEventsDocument } from '../generated/operations.js';
import { testSecret, useApp } from '../support/app.js';
import { until, useLive } from '../support/live.js';

const { policy } = readConfig({ NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}` });
const LIFETIME_MS = 3_000;
const WARNING_MS = 2_000;
const SWEEP_MS = 200;

const INBOX = 'subscription { notificationReceived(after: 0) { kind createdAt } }';
const EXPIRES_AT = 'query ($id: ID!) { negotiation(id: $id) { expiresAt } }';

interface Told {
  notificationReceived: { kind: string; createdAt: string };
}

/** Everywhere else the clock is one that tests move. */
describe('the end of an offer, in real seconds', () => {
  const app = useApp('sqlite', {
    config: {
      policy: { ...policy, offerLifetimeMs: LIFETIME_MS, warningMs: WARNING_MS },
      sweepIntervalMs: SWEEP_MS,
    },
    adapters: { clock: systemClock, backgroundJobs: true },
  });
  const live = useLive(app);

  it('is announced to who has the turn, and then told to both, live and in time', async () => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    const inbox = await live.follow<Told, object>(vehicle.dealer, INBOX);
    const { id } = await app.build.negotiation({ buyer, vehicle });
    const log = await live.follow(buyer, NegotiationEventsDocument, { negotiationId: id, after: 0 });
    const { negotiation } = await app.ok<{ negotiation: { expiresAt: string } }, object>(
      EXPIRES_AT,
      { id },
      buyer,
    );
    const endsAt = Date.parse(negotiation.expiresAt);
    const noticeOf = (kind: string) =>
      inbox.results.map((result) => result.notificationReceived).filter((notice) => notice.kind === kind);
    const logged = () => log.results.map(({ negotiationEvents }) => negotiationEvents.kind);

    await until('the warning', () => noticeOf('OFFER_EXPIRING').length > 0);
    const warnedAt = Date.parse(noticeOf('OFFER_EXPIRING')[0]?.createdAt as string);
    expect(warnedAt).toBeGreaterThanOrEqual(endsAt - WARNING_MS);
    expect(warnedAt).toBeLessThan(endsAt);
    expect(logged()).toEqual(['OFFER_SUBMITTED']);

    await until('the end', () => logged().length === 2 && noticeOf('NEGOTIATION_EXPIRED').length > 0);
    const toldAt = Date.parse(noticeOf('NEGOTIATION_EXPIRED')[0]?.createdAt as string);
    expect(toldAt).toBeGreaterThanOrEqual(endsAt);
    // What is promised is 15 s; here it is looked for oftener, and a busy machine is given its time.
    expect(Date.now() - endsAt).toBeLessThan(5_000);
    expect(log.results[1]?.negotiationEvents).toMatchObject({
      sequence: 2,
      kind: 'NEGOTIATION_EXPIRED',
      party: null,
      negotiation: { status: 'EXPIRED', turn: null },
    });
    expect(noticeOf('OFFER_EXPIRING')).toHaveLength(1);
    expect(noticeOf('NEGOTIATION_EXPIRED')).toHaveLength(1);
  });
});
