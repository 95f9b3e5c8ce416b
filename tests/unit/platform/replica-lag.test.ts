import { describe, expect, it } from 'vitest';
import { Lag } from '../../../src/platform/database/replica-lag.js';
import { connectionSettings } from '../../../src/platform/database/settings.js';

describe('how far a replica is behind', () => {
  it('is nothing once it has all that the primary has written, however long ago that was', () => {
    const lag = new Lag();
    expect(lag.at({ replayed: 100n, sinceLastMs: 3_600_000 }, 100n, 0)).toBe(0);
    expect(lag.at({ replayed: 101n, sinceLastMs: null }, 100n, 10)).toBe(0);
  });

  it('is counted from the last time that it had all, where it was cut off and does not know', () => {
    const lag = new Lag();
    lag.at({ replayed: 100n, sinceLastMs: 60_000 }, 100n, 1_000);
    expect(lag.at({ replayed: 100n, sinceLastMs: 62_000 }, 150n, 3_000)).toBe(2_000);
    expect(lag.at({ replayed: 100n, sinceLastMs: 64_000 }, 200n, 5_000)).toBe(4_000);
    expect(lag.at({ replayed: 150n, sinceLastMs: 66_000 }, 250n, 7_000)).toBe(4_000);
    expect(lag.at({ replayed: 250n, sinceLastMs: 5 }, 250n, 9_000)).toBe(0);
  });

  it('is what its last transaction says, where much is written', () => {
    const lag = new Lag();
    lag.at({ replayed: 100n, sinceLastMs: 5 }, 100n, 0);
    expect(lag.at({ replayed: 140n, sinceLastMs: 7 }, 150n, 2_000)).toBe(7);
    expect(lag.at({ replayed: 190n, sinceLastMs: -30 }, 200n, 4_000)).toBe(0);
  });

  it('is not known of one that has replayed nothing', () => {
    expect(new Lag().at({ replayed: 1n, sinceLastMs: null }, 100n, 0)).toBeNull();
  });

  it('stays what it was while the primary is away: nothing more is written there', () => {
    const lag = new Lag();
    lag.at({ replayed: 100n, sinceLastMs: 5 }, 100n, 0);
    expect(lag.at({ replayed: 100n, sinceLastMs: 60_000 }, null, 60_000)).toBe(0);
  });
});

describe('what a connection is opened with', () => {
  const timeouts = { connectMs: 5_000, statementMs: 60_000, lockMs: 8_000, idleTransactionMs: 30_000 };
  const settings = { timeouts, applicationName: 'carnegotiate' };
  const sslOf = (url: string) => connectionSettings(settings, url, 'write').ssl;

  it('is named and bounded, and notices a dead line', () => {
    expect(connectionSettings(settings, undefined, 'read')).toEqual({
      application_name: 'carnegotiate reading',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 60_000,
      lock_timeout: 8_000,
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
  });

  it('is encrypted, and the server is known, where the URL says so', () => {
    expect(sslOf('postgresql://db/market')).toBeUndefined();
    expect(sslOf('postgresql://db/market?sslmode=disable')).toBe(false);
    expect(sslOf('postgresql://db/market?sslmode=require')).toBe(true);
    expect(sslOf('postgresql://db/market?sslmode=verify-full')).toBe(true);
    expect(sslOf('postgresql://db/market?sslmode=no-verify')).toEqual({ rejectUnauthorized: false });
  });
});
