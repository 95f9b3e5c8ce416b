import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { NegotiationStatus } from '../../../src/modules/negotiations/negotiation.enums.js';
import {
  offerStandingOf,
  type StoredState,
  standingOf,
  standsAt,
} from '../../../src/modules/negotiations/negotiation.standing.js';

const DUE = new Date('2026-11-22T12:00:00.000Z');
const before = new Date(DUE.getTime() - 1);
const after = new Date(DUE.getTime() + 1);

const open: StoredState = {
  status: 'ACTIVE',
  turn: 'DEALER',
  endReason: null,
  lapsedBy: null,
  expiresAt: DUE,
  holdExpiresAt: null,
};
const held: StoredState = { ...open, status: 'ACCEPTED', turn: null, expiresAt: null, holdExpiresAt: DUE };

describe('standingOf', () => {
  it('is what is stored until the last millisecond', () => {
    expect(standingOf(open, before)).toBe(open);
    expect(standingOf(held, before)).toBe(held);
  });

  it.each([DUE, after])('has an open one expired from the stroke on', (now) => {
    for (const turn of ['BUYER', 'DEALER'] as const)
      expect(standingOf({ ...open, turn }, now)).toEqual({
        status: 'EXPIRED',
        turn: null,
        endReason: 'LAPSED',
        lapsedBy: turn,
        expiresAt: null,
        holdExpiresAt: null,
      });
  });

  it.each([DUE, after])('has an agreement fallen through from the stroke on', (now) => {
    expect(standingOf(held, now)).toEqual({
      status: 'FELL_THROUGH',
      turn: null,
      endReason: 'HOLD_LAPSED',
      lapsedBy: null,
      expiresAt: null,
      holdExpiresAt: null,
    });
  });

  it('never changes what has ended', () => {
    for (const status of Object.values(NegotiationStatus)) {
      if (status === 'ACTIVE' || status === 'ACCEPTED') continue;
      const ended: StoredState = { ...open, status, turn: null, expiresAt: null, endReason: 'OTHER' };
      expect(standingOf(ended, after)).toBe(ended);
    }
  });
});

describe('offerStandingOf', () => {
  const pending = { status: 'PENDING', resolvedBy: null, expiresAt: DUE, respondedAt: null } as const;

  it('has a pending one expired from the stroke on, answered by the system at that moment', () => {
    expect(offerStandingOf(pending, before)).toBe(pending);
    for (const now of [DUE, after])
      expect(offerStandingOf(pending, now)).toEqual({
        status: 'EXPIRED',
        resolvedBy: 'SYSTEM',
        expiresAt: DUE,
        respondedAt: DUE,
      });
  });

  it('never changes one that was answered', () => {
    const answered = { ...pending, status: 'COUNTERED', resolvedBy: 'USER', respondedAt: before } as const;
    expect(offerStandingOf(answered, after)).toBe(answered);
  });
});

describe('standsAt', () => {
  const compiler = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  const database = new DatabaseSync(':memory:');

  /** The statuses whose condition a row meets, as a database answers it. */
  function statusesOf({ status, expiresAt, holdExpiresAt }: StoredState, now: Date): string[] {
    return Object.values(NegotiationStatus).filter((candidate) => {
      const query = sql`
        select count(*) as count from (select cast(${status} as text) as status,
          cast(${expiresAt?.getTime() ?? null} as integer) as expires_at,
          cast(${holdExpiresAt?.getTime() ?? null} as integer) as hold_expires_at) as r
        where ${standsAt(candidate, now)}`.compile(compiler);
      const row = database.prepare(query.sql).get(...(query.parameters as Array<string | number | null>));
      return row?.count === 1;
    });
  }

  it('says of every row in SQL what standingOf says of it', () => {
    const moments = fc.integer({ min: -3, max: 3 }).map((ms) => new Date(DUE.getTime() + ms));
    const rows = fc.tuple(fc.constantFrom(...Object.values(NegotiationStatus)), moments).map(
      ([status, due]): StoredState => ({
        ...open,
        status,
        expiresAt: status === 'ACTIVE' ? due : null,
        holdExpiresAt: status === 'ACCEPTED' ? due : null,
      }),
    );
    fc.assert(
      fc.property(rows, moments, (row, now) => {
        expect(statusesOf(row, now)).toEqual([standingOf(row, now).status]);
      }),
    );
  });
});
