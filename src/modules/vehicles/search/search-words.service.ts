import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { Tx } from '../../../kernel/unit-of-work.js';
import { knownSpellingsOf } from './words.js';

/** Words that are written by one statement. */
const BATCH = 1_000;

/** Words that are known at most, about: a market has hundreds, and each makes every misspelling a little dearer. */
const MAX_WORDS = 10_000;

interface Called {
  readonly make: string;
  readonly model: string;
}

const LEARNING = Symbol('learn words');

/** What the transactions that run have still to learn. */
const toLearn = new WeakMap<Tx, Set<string>>();

/**
 * From its commit on, the words of a listing that comes to the market are known, and found misspelt too. One statement at
 * the end of the transaction, however many listings it publishes; whoever learns the same new word waits for it, and
 * words are added by name so that no two wait for each other.
 */
export function learnWords(tx: Tx, listing: Called): void {
  const words = toLearn.get(tx) ?? new Set();
  toLearn.set(tx, words);
  for (const word of spellingsOf(listing)) words.add(word);
  tx.atEnd(LEARNING, () => addWords(tx.em, [...words].sort()));
}

/** Brings the known words in line with the makes and models on the market, and returns how many it added or took away. */
export async function reviseWords(ctx: Pick<Ctx, 'em'>): Promise<number> {
  // Before the market is read: what is learnt meanwhile is not taken for gone.
  const known = new Set(await knownWords(ctx.em));
  const wanted = await wordsOnTheMarket(ctx.em);
  const fresh = [...wanted].filter((word) => !known.has(word)).sort();
  const gone = [...known].filter((word) => !wanted.has(word)).sort();
  for (const batch of batchesOf(fresh)) await addWords(ctx.em, batch);
  for (const batch of batchesOf(gone)) {
    await sql`delete from search_words where word in (${sql.join(batch)})`.execute(ctx.em.getKysely());
  }
  return fresh.length + gone.length;
}

export async function knowsNoWords(ctx: Pick<Ctx, 'em'>): Promise<boolean> {
  const { rows } = await sql`select word from search_words limit 1`.execute(ctx.em.getKysely());
  return rows.length === 0;
}

async function knownWords(em: SqlEntityManager): Promise<string[]> {
  const { rows } = await sql<{ word: string }>`select word from search_words`.execute(em.getKysely());
  return rows.map(({ word }) => word);
}

/**
 * One pass over an index. The most listed models come first: whoever lists a great many of his own invention pushes no
 * real one out.
 */
async function wordsOnTheMarket(em: SqlEntityManager): Promise<Set<string>> {
  const { rows } = await sql<Called>`
    select make_key as make, model_key as model from vehicles where status = 'ACTIVE'
    group by make_key, model_key order by count(*) desc, make_key, model_key limit ${MAX_WORDS}`.execute(
    em.getKysely(),
  );
  const words = new Set<string>();
  for (const row of rows) {
    if (words.size >= MAX_WORDS) break;
    for (const word of spellingsOf(row)) words.add(word);
  }
  return words;
}

function spellingsOf({ make, model }: Called): string[] {
  return [...knownSpellingsOf(make), ...knownSpellingsOf(model)];
}

async function addWords(em: SqlEntityManager, words: readonly string[]): Promise<void> {
  if (words.length === 0) return;
  const rows = sql.join(words.map((word) => sql`(${word})`));
  await sql`insert into search_words (word) values ${rows} on conflict do nothing`.execute(em.getKysely());
}

function batchesOf(words: readonly string[]): string[][] {
  const count = Math.ceil(words.length / BATCH);
  return Array.from({ length: count }, (_, index) => words.slice(index * BATCH, (index + 1) * BATCH));
}
