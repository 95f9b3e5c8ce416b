import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOrm, type Orm } from '../../../../src/app/orm.js';
import { inTime, OutOfTime, withDeadline, withoutDeadline } from '../../../../src/kernel/deadline.js';
import type { Logger } from '../../../../src/kernel/ports.js';
import { type DatabaseKind, databaseKinds, freshDatabase } from '../../../support/databases.js';
import { pause } from '../../../support/live.js';

const POOL = 3;

type Em = Orm['em'];

class Notes {
  readonly warnings: string[] = [];
  readonly statements: string[] = [];
  orm!: Orm;
  /** A second door to the same database: what it sees is committed. */
  witness!: Orm;
  private drop!: () => Promise<void>;

  constructor(readonly kind: DatabaseKind) {}

  async open(): Promise<void> {
    const { url, drop } = await freshDatabase(this.kind);
    this.drop = drop;
    const note = (_details: object, message: string) => void this.warnings.push(message);
    const log: Logger = { debug: note, info: note, warn: note, error: note };
    this.orm = await createOrm(url, {
      poolSize: POOL,
      log,
      observe: (text) => void this.statements.push(text),
    });
    this.witness = await createOrm(url, { poolSize: 2 });
    await sql`create table notes (id integer primary key, body varchar(100))`.execute(
      this.witness.em.fork().getKysely(),
    );
  }

  async close(): Promise<void> {
    await this.orm.close(true);
    await this.witness.close(true);
    await this.drop();
  }

  /** A transaction as `write` makes one. */
  transaction<T>(work: (em: Em) => Promise<T>): Promise<T> {
    return this.orm.em.fork().transactional((em) => work(em as Em));
  }

  /** A transaction of somebody else's that has done `work`, and commits when the returned function is called. */
  async hold(work: (em: Em) => Promise<unknown>): Promise<() => Promise<void>> {
    const [done, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = this.witness.em.fork().transactional(async (em) => {
      await work(em as Em);
      done.resolve();
      await commit.promise;
    });
    await Promise.race([done.promise, holding]);
    return () => {
      commit.resolve();
      return holding;
    };
  }

  async insert(em: Em, id: number): Promise<void> {
    await sql`insert into notes (id, body) values (${id}, 'x')`.execute(em.getKysely());
  }

  async stored(): Promise<number[]> {
    const { rows } = await sql<{ id: number }>`select id from notes order by id`.execute(
      this.witness.em.fork().getKysely(),
    );
    return rows.map(({ id }) => id);
  }

  /** More work at once than there are connections, read and written: none of them is lost. */
  async expectWhole(): Promise<void> {
    const ids = Array.from({ length: 2 * POOL }, (_, n) => n + 1_000);
    await Promise.all(ids.map((id) => this.transaction((em) => this.insert(em, id))));
    expect(await this.stored()).toEqual(expect.arrayContaining(ids));
  }
}

function useNotes(kind: DatabaseKind): Notes {
  const notes = new Notes(kind);
  beforeAll(() => notes.open());
  afterAll(() => notes.close());
  beforeEach(async () => {
    notes.warnings.length = 0;
    await sql`delete from notes`.execute(notes.witness.em.fork().getKysely());
  });
  return notes;
}

/** Long enough for the time of an operation of 1 ms to be up. */
const aWhile = () => pause(10);

describe.each(databaseKinds)('statements of an operation whose time is up, on %s', (kind) => {
  const notes = useNotes(kind);

  it('are refused, inside a transaction and outside', async () => {
    const outside = withDeadline(1, async () => {
      await aWhile();
      return sql`select 1`.execute(notes.orm.em.fork().getKysely());
    });
    await expect(outside).rejects.toThrow(OutOfTime);
    const inside = withDeadline(30, () =>
      notes.transaction(async (em) => {
        await notes.insert(em, 1);
        await pause(40);
        await notes.insert(em, 2);
      }),
    );
    await expect(inside).rejects.toThrow(OutOfTime);
    expect(await notes.stored()).toEqual([]);
    expect(notes.warnings).toEqual([]);
    await notes.expectWhole();
  });

  it('leave nothing behind where COMMIT is all that is missing', async () => {
    notes.statements.length = 0;
    const work = withDeadline(30, () =>
      notes.transaction(async (em) => {
        await notes.insert(em, 1);
        await pause(40);
      }),
    );
    await expect(work).rejects.toThrow(OutOfTime);
    expect(await notes.stored()).toEqual([]);
    expect(notes.statements.at(-1)).toBe('rollback');
    await notes.expectWhole();
  });

  it('leave nothing behind of a savepoint, either', async () => {
    const work = withDeadline(30, () =>
      notes.transaction(async (em) => {
        await notes.insert(em, 1);
        await em.transactional(async (inner) => {
          await notes.insert(inner as Em, 2);
          await pause(40);
        });
      }),
    );
    await expect(work).rejects.toThrow(OutOfTime);
    expect(await notes.stored()).toEqual([]);
    await notes.expectWhole();
  });

  it('are refused where BEGIN would be the first, and the connection is free again', async () => {
    for (let round = 0; round < 2 * POOL; round++) {
      const work = withDeadline(1, async () => {
        await aWhile();
        return notes.transaction((em) => notes.insert(em, 1));
      });
      await expect(work).rejects.toThrow(OutOfTime);
    }
    expect(await notes.stored()).toEqual([]);
    await notes.expectWhole();
  });

  it('are refused when it was up before there was a connection for them', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const holders = Array.from({ length: POOL }, () => notes.transaction(() => held));
    const waiting = withDeadline(30, () => inTime(notes.transaction((em) => notes.insert(em, 1))));
    await expect(waiting).rejects.toThrow(OutOfTime);
    release();
    await Promise.all(holders);
    await notes.expectWhole();
    expect(await notes.stored()).not.toContain(1);
  });

  it('are nobody else’s: other operations, and what is done for many, go on', async () => {
    const seen = await withDeadline(1, async () => {
      await aWhile();
      return withoutDeadline(() =>
        notes.transaction(async (em) => {
          await notes.insert(em, 7);
          return 'done';
        }),
      );
    });
    expect(seen).toBe('done');
    await withDeadline(60_000, () => notes.transaction((em) => notes.insert(em, 8)));
    expect(await notes.stored()).toEqual([7, 8]);
  });

  it('do not end one that has answered', async () => {
    let later: Promise<unknown> = Promise.resolve();
    await withDeadline(20, async () => {
      later = pause(40).then(() => notes.transaction((em) => notes.insert(em, 9)));
    });
    await later;
    expect(await notes.stored()).toEqual([9]);
  });
});

describe('a statement of PostgreSQL that runs when the time is up', () => {
  const notes = useNotes('postgresql');
  const sleep = (em: Em, seconds: number) => sql`select pg_sleep(${seconds})`.execute(em.getKysely());

  /** What runs in this database now, but for who asks. */
  async function running(): Promise<string[]> {
    const { rows } = await sql<{ query: string }>`
      select query from pg_stat_activity
      where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`.execute(
      notes.witness.em.fork().getKysely(),
    );
    return rows.map(({ query }) => query);
  }

  it('is cancelled', async () => {
    const startedAt = performance.now();
    await expect(withDeadline(50, () => sleep(notes.orm.em.fork() as Em, 30))).rejects.toThrow(OutOfTime);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await running()).toEqual([]);
    await notes.expectWhole();
  });

  it('is cancelled in a transaction, of which nothing stays', async () => {
    const work = withDeadline(50, () =>
      notes.transaction(async (em) => {
        await notes.insert(em, 1);
        await sleep(em, 30);
      }),
    );
    await expect(work).rejects.toThrow(OutOfTime);
    expect(await notes.stored()).toEqual([]);
    await notes.expectWhole();
  });

  it('is cancelled as often as it takes, and never anything else', async () => {
    for (let round = 0; round < 15; round++) {
      const stopped = Array.from({ length: POOL }, () =>
        withDeadline(5, () => notes.transaction((em) => sleep(em, 30))).catch((error: unknown) => error),
      );
      // These take over the connections that those leave.
      const [errors] = await Promise.all([
        Promise.all(stopped),
        ...Array.from({ length: POOL }, () => notes.transaction((em) => sleep(em, 0.01))),
      ]);
      for (const error of errors) expect(error).toBeInstanceOf(OutOfTime);
    }
    expect(notes.warnings).toEqual([]);
    await notes.expectWhole();
  });

  it('may fail for a reason of its own before that', async () => {
    const work = withDeadline(5_000, () => sql`select 1 / 0`.execute(notes.orm.em.fork().getKysely()));
    await expect(work).rejects.toThrow('division by zero');
  });

  it('waits for a row that another holds, and stops waiting', async () => {
    await notes.transaction((em) => notes.insert(em, 1));
    const commit = await notes.hold((em) =>
      sql`update notes set body = 'held' where id = 1`.execute(em.getKysely()),
    );
    const work = withDeadline(50, () =>
      notes.transaction((em) => sql`update notes set body = 'mine' where id = 1`.execute(em.getKysely())),
    );
    await expect(work).rejects.toThrow(OutOfTime);
    await notes.expectWhole();
    await commit();
    const { rows } = await sql<{ body: string }>`select body from notes where id = 1`.execute(
      notes.witness.em.fork().getKysely(),
    );
    expect(rows).toEqual([{ body: 'held' }]);
  });
});

describe('a transaction that cannot begin', () => {
  it('gives the one connection of SQLite back, and tells why', async () => {
    const notes = new Notes('sqlite');
    await notes.open();
    try {
      await sql`pragma busy_timeout = 0`.execute(notes.orm.em.fork().getKysely());
      const commit = await notes.hold((em) => notes.insert(em, 1));
      await expect(notes.transaction((em) => notes.insert(em, 2))).rejects.toThrow('database is locked');
      await commit();
      await notes.transaction((em) => notes.insert(em, 3));
      expect(await notes.stored()).toEqual([1, 3]);
    } finally {
      await notes.close();
    }
  });

  it('or end gives the connections of PostgreSQL back when the server has cut them', async () => {
    const notes = new Notes('postgresql');
    await notes.open();
    try {
      for (let round = 0; round < POOL + 1; round++) {
        const work = notes.transaction(async (em) => {
          await notes.insert(em, 1);
          await sql`select pg_terminate_backend(pg_backend_pid())`.execute(em.getKysely());
        });
        await expect(work).rejects.toThrow();
      }
      // Once for all of them.
      expect(notes.warnings).toEqual([
        expect.stringMatching(/^PostgreSQL at \S+ did not do what it was asked$/),
      ]);
      await notes.expectWhole();
      expect(await notes.stored()).not.toContain(1);
    } finally {
      await notes.close();
    }
  });
});
