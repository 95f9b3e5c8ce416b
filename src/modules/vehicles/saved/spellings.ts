import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Wanted } from '../search/search-match.js';
import { type SoughtName, soughtNamesOf } from '../search/search-query.js';
import { spellingsNear } from '../search/search-words.reads.js';
import { misspeltWordsOf, wantedOf } from '../search/text-search.js';

/** Words that are looked up in one statement. */
const AT_ONCE = 200;

/** What searches want, by their texts. Known spellings are looked up for many of them together, and each word once. */
export class Spellings {
  private readonly names = new Map<string, readonly SoughtName[]>();
  private readonly near = new Map<string, readonly string[]>();

  constructor(private readonly em: SqlEntityManager) {}

  async learn(texts: Iterable<string>): Promise<void> {
    const unknown = new Set<string>();
    for (const text of texts) {
      for (const word of misspeltWordsOf(this.namesOf(text))) {
        if (!this.near.has(word)) unknown.add(word);
      }
    }
    const words = [...unknown];
    for (let from = 0; from < words.length; from += AT_ONCE) {
      const found = await spellingsNear(this.em, words.slice(from, from + AT_ONCE));
      for (const [word, near] of found) this.near.set(word, near);
    }
  }

  /** Of a text that was learnt. */
  wantedBy(text: string): Wanted[] {
    const names = this.namesOf(text);
    const near = new Map(misspeltWordsOf(names).map((word) => [word, this.near.get(word) ?? []]));
    return names.map((name) => wantedOf(name, near));
  }

  private namesOf(text: string): readonly SoughtName[] {
    const names = this.names.get(text) ?? soughtNamesOf(text.trim());
    this.names.set(text, names);
    return names;
  }
}
