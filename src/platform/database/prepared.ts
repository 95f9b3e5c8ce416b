import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { LRUCache } from 'lru-cache';

/** Some 10 KB each. Our own texts, but for lists whose lengths differ, are fewer. */
const MOST = 500;

/** What is said again and again in the same words. Pragmas are not: some of them take effect as they are prepared. */
const OFTEN = /^\s*(select|insert|update|delete|with|begin|commit|rollback)\b/i;

/**
 * Has a database keep what it has prepared: SQLite would parse and plan each text anew, and better-sqlite3 compile a
 * function that makes its rows, which takes longer than most statements run. What has its values written into it comes
 * once, and would only drive out what comes again: hence a text is kept when it comes for the second time.
 */
export function keepPrepared(database: Pick<SqliteDatabase, 'prepare'>): void {
  const kept = new LRUCache<string, SqliteStatement>({ max: MOST });
  const seen = new LRUCache<string, true>({ max: MOST });
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    const known = kept.get(sql);
    if (known) return known;
    const statement = prepare(sql);
    if (seen.has(sql)) kept.set(sql, statement);
    else if (OFTEN.test(sql)) seen.set(sql, true);
    return statement;
  };
}
