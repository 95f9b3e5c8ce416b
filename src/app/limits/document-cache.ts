import { LRUCache } from 'lru-cache';

/**
 * Operations that clients send again and again come from their code: a few hundred, of a hundred tokens each. A parsed
 * document takes 370 bytes a token, so tokens are what is bounded: strangers can send any number of documents.
 */
const MAX_TOKENS = 30_000;

/** What is known of documents, by their text or its digest; the least used ones are forgotten. */
export class DocumentCache<V extends object> {
  private readonly known: LRUCache<string, V>;

  constructor(maxTokens = MAX_TOKENS) {
    this.known = new LRUCache({ maxSize: maxTokens, max: 1_000 });
  }

  get(key: string): V | undefined {
    return this.known.get(key);
  }

  set(key: string, value: V, tokens: number): void {
    this.known.set(key, value, { size: Math.max(1, tokens) });
  }

  delete(key: string): void {
    this.known.delete(key);
  }
}
