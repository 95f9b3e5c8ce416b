import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Of all documents together: room for two hundred of two hundred tokens. Strangers can send any number of them. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Letters of a document that is kept. Clients' operations come from their code, and have some hundreds; longer ones are
 * parsed again each time, in a few milliseconds.
 */
const MAX_LENGTH = 8 * 1024;

/** What graphql-js takes for a token, its node and its place, measured; a comment takes less. */
const TOKEN_BYTES = 370;
const LETTER_BYTES = 2;

/** What is known of documents, by their text or its digest; the least used ones are forgotten. */
export class DocumentCache<V extends object> {
  private readonly known: LRUCache<string, V>;

  constructor(maxBytes = MAX_BYTES) {
    this.known = new LRUCache({ maxSize: maxBytes });
  }

  /** What the documents that are kept take in memory, at most. */
  get bytes(): number {
    return this.known.calculatedSize;
  }

  get(key: string): V | undefined {
    return this.known.get(key);
  }

  /** Keeps what is known of a document, unless it is too long. */
  set(key: string, value: V, document: DocumentNode): void {
    const length = document.loc?.source.body.length ?? Number.POSITIVE_INFINITY;
    if (length > MAX_LENGTH) return;
    this.known.set(key, value, { size: tokensOf(document) * TOKEN_BYTES + length * LETTER_BYTES });
  }

  delete(key: string): void {
    this.known.delete(key);
  }
}

/** With the comments, which graphql-js keeps in the chain of tokens but does not count. */
function tokensOf(document: DocumentNode): number {
  let count = 0;
  for (let token = document.loc?.startToken; token; token = token.next ?? undefined) count += 1;
  return count;
}
