import { type DatabaseConnection, type Dialect, type Driver, Kysely, SqliteDialect, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { OutOfTime, withDeadline } from '../../../../src/kernel/deadline.js';
import { type Guard, guarded } from '../../../../src/platform/database/guarded.js';
import { pause, until } from '../../../support/live.js';

/** A database far away: each statement runs until it is told what became of it. */
class FarAway {
  readonly statements: string[] = [];
  readonly cancelled: string[] = [];
  released = 0;
  running = Promise.withResolvers<void>();
  cancelling = Promise.withResolvers<void>();

  readonly db: Kysely<object>;

  constructor(guard: Partial<Guard> = {}) {
    const connection = {
      executeQuery: async ({ sql: text }: { sql: string }) => {
        this.statements.push(text);
        await this.running.promise;
        return { rows: [] };
      },
    } as unknown as DatabaseConnection;
    const driver: Driver = {
      init: async () => undefined,
      acquireConnection: async () => connection,
      beginTransaction: async () => undefined,
      commitTransaction: async () => undefined,
      rollbackTransaction: async () => undefined,
      releaseConnection: async () => void this.released++,
      destroy: async () => undefined,
    };
    const sqlite = new SqliteDialect({ database: {} as never });
    const dialect: Dialect = {
      createAdapter: () => sqlite.createAdapter(),
      createIntrospector: (db) => sqlite.createIntrospector(db),
      createQueryCompiler: () => sqlite.createQueryCompiler(),
      createDriver: () => driver,
    };
    const cancel = async () => {
      this.cancelled.push(this.statements.at(-1) as string);
      await this.cancelling.promise;
    };
    this.db = new Kysely({
      dialect: guarded(dialect, {
        observe: () => undefined,
        warn: () => undefined,
        grip: async () => ({ cancel, sever: () => undefined }),
        ...guard,
      }),
    });
  }
}

describe('a connection whose statement is cancelled', () => {
  it('is free when the cancelling is through, and not when the statement is', async () => {
    const far = new FarAway();
    const work = withDeadline(10, () => sql`select 1`.execute(far.db));
    const outcome = work.catch((error: unknown) => error);
    await until('it to be cancelled', () => far.cancelled.length > 0);
    far.running.reject(new Error('canceling statement due to user request'));
    await pause(20);
    expect(far.released).toBe(0);
    far.cancelling.resolve();
    expect(await outcome).toBeInstanceOf(OutOfTime);
    expect(far.released).toBe(1);
  });

  it('is cancelled again where the statement had not come to the server yet', async () => {
    const far = new FarAway();
    far.cancelling.resolve();
    const work = withDeadline(10, () => sql`select 1`.execute(far.db));
    const outcome = work.catch((error: unknown) => error);
    await until('it to be cancelled again', () => far.cancelled.length >= 3);
    far.running.reject(new Error('canceling statement due to user request'));
    expect(await outcome).toBeInstanceOf(OutOfTime);
  });

  it('has what the statement brought where the cancelling came too late', async () => {
    const far = new FarAway();
    const work = withDeadline(10, () => sql`select 1`.execute(far.db));
    await until('it to be cancelled', () => far.cancelled.length > 0);
    far.running.resolve();
    far.cancelling.resolve();
    expect(await work).toEqual({ rows: [] });
    await expect(withDeadline(60_000, () => sql`select 2`.execute(far.db))).resolves.toEqual({ rows: [] });
    expect(far.cancelled).toEqual(['select 1']);
  });

  it('is cancelled again, and less and less often, where the cancelling failed', async () => {
    const warnings: string[] = [];
    const far = new FarAway({ warn: (_error, message) => void warnings.push(message) });
    const work = withDeadline(10, () => sql`select 1`.execute(far.db));
    const outcome = work.catch((error: unknown) => error);
    await until('it to be cancelled', () => far.cancelled.length > 0);
    const { reject } = far.cancelling;
    far.cancelling = Promise.withResolvers<void>();
    reject(new Error('too many clients already'));
    await until('it to be cancelled again', () => far.cancelled.length > 1);
    far.running.reject(new Error('canceling statement due to user request'));
    far.cancelling.resolve();
    expect(await outcome).toBeInstanceOf(OutOfTime);
    expect([warnings.length, far.released]).toEqual([1, 1]);
  });

  it('is free after a cancelling that failed, when its statement has ended, and the log says so', async () => {
    const warnings: string[] = [];
    const far = new FarAway({ warn: (_error, message) => void warnings.push(message) });
    const work = withDeadline(10, () => sql`select 1`.execute(far.db));
    const outcome = work.catch((error: unknown) => error);
    await until('it to be cancelled', () => far.cancelled.length > 0);
    far.cancelling.reject(new Error('too many clients already'));
    await until('a warning', () => warnings.length > 0);
    expect([warnings, far.released]).toEqual([['a statement could not be cancelled'], 0]);
    far.running.reject(new Error('at last'));
    expect(await outcome).toBeInstanceOf(OutOfTime);
    expect(far.released).toBe(1);
  });

  it('goes back to the pool where it cannot be asked who it is', async () => {
    const far = new FarAway({ grip: () => Promise.reject(new Error('gone')) });
    await expect(sql`select 1`.execute(far.db)).rejects.toThrow('gone');
    expect([far.released, far.statements]).toEqual([1, []]);
  });
});

describe('a connection on which nobody answers', () => {
  it('is broken when a statement that no operation waits for has been at it for too long', async () => {
    const far = new FarAway({
      silenceMs: 20,
      grip: async () => ({
        cancel: () => Promise.reject(new Error('nor here')),
        sever: () => far.running.reject(new Error('Connection terminated')),
      }),
    });
    await expect(sql`select 1`.execute(far.db)).rejects.toThrow('Connection terminated');
    expect(far.released).toBe(1);
  });

  it('is not where it answered in time', async () => {
    let severed = 0;
    const far = new FarAway({
      silenceMs: 20,
      grip: async () => ({ cancel: async () => undefined, sever: () => void severed++ }),
    });
    far.running.resolve();
    await sql`select 1`.execute(far.db);
    await pause(40);
    expect(severed).toBe(0);
  });
});
