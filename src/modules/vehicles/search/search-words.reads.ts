import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { isPostgres } from '../../../kernel/json-rows.js';
import { reachOf } from './corrections.js';

/** Known spellings that PostgreSQL offers for a word: the ones that share the most of its trigrams. */
const NEAREST = 100;

/** Known spellings that SQLite reads at most, in all. */
const MAX_READ = 20_000;

/** Known spellings near each of these words, and others; in one statement, whatever the number of words. */
export async function spellingsNear(
  em: SqlEntityManager,
  words: readonly string[],
): Promise<Map<string, string[]>> {
  if (words.length === 0) return new Map();
  return isPostgres(em) ? byTrigrams(em, words) : byLength(em, words);
}

/** pg_trgm: a walk through its index from the nearest on, as far as it is wanted, whatever the number of known words. */
async function byTrigrams(em: SqlEntityManager, words: readonly string[]): Promise<Map<string, string[]>> {
  const asked = sql.join(words.map((word) => sql`(${word}::text)`));
  const { rows } = await sql<{ asked: string; word: string }>`
    select a.word as asked, s.word from (values ${asked}) as a(word)
    cross join lateral (select word from search_words order by word <-> a.word limit ${NEAREST}) as s`.execute(
    em.getKysely(),
  );
  const near = new Map<string, string[]>(words.map((word) => [word, []]));
  for (const row of rows) near.get(row.asked)?.push(row.word);
  return near;
}

/** SQLite knows no likeness: the words of a fitting length are read, which are few. */
async function byLength(em: SqlEntityManager, words: readonly string[]): Promise<Map<string, string[]>> {
  const shortest = Math.min(...words.map((word) => word.length - reachOf(word)));
  const longest = Math.max(...words.map((word) => word.length + reachOf(word)));
  const { rows } = await sql<{ word: string }>`
    select word from search_words where length(word) between ${shortest} and ${longest}
    limit ${MAX_READ}`.execute(em.getKysely());
  const known = rows.map(({ word }) => word);
  return new Map(words.map((word) => [word, known]));
}
