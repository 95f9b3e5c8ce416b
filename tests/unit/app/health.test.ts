import { describe, expect, it } from 'vitest';
import { type Check, Health, healthChecks } from '../../../src/app/health.js';

const answering = (isUp: boolean) => async () => isUp;
const redis = (isUp: boolean): Check => ({ name: 'redis', isCritical: false, isUp: () => isUp });

describe('the readiness of a process', () => {
  it('is there when all that it stands on is', async () => {
    expect(await new Health(answering(true), [redis(true)]).readiness()).toEqual({
      isReady: true,
      told: { status: 'ready', database: 'connected', redis: 'connected', draining: false },
    });
  });

  it('is there without what it can do without, and says so', async () => {
    expect(await new Health(answering(true), [redis(false)]).readiness()).toEqual({
      isReady: true,
      told: { status: 'degraded', database: 'connected', redis: 'disconnected', draining: false },
    });
  });

  it('is not there without the database', async () => {
    expect(await new Health(answering(false), [redis(true)]).readiness()).toEqual({
      isReady: false,
      told: { status: 'unavailable', database: 'disconnected', redis: 'connected', draining: false },
    });
  });

  it('ends with the drain, at once, whatever keeps silent', async () => {
    const health = new Health(() => new Promise(() => undefined));
    expect(health.isDraining).toBe(false);
    health.drain();
    expect(health.isDraining).toBe(true);
    expect(await health.readiness()).toEqual({
      isReady: false,
      told: { status: 'draining', draining: true },
    });
  });

  it('ends with the drain also for who has asked before', async () => {
    const health = new Health(() => new Promise(() => undefined));
    const asked = health.readiness();
    health.drain();
    expect(await asked).toEqual({ isReady: false, told: { status: 'draining', draining: true } });
  });

  it('looks at Redis where the settings name one, and nowhere else', async () => {
    expect(healthChecks({ redis: null }, {})).toEqual([]);
    const settings = { redis: { url: 'redis://redis', cluster: false, prefix: 'x' } };
    const [check] = healthChecks(settings, { isUp: false });
    expect(check).toMatchObject({ name: 'redis', isCritical: false });
    expect(check?.isUp()).toBe(false);
  });
});
