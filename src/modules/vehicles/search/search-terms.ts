import { type EntityProperty, type Platform, Type } from '@mikro-orm/core';
import { isPostgres } from '../../../kernel/json-rows.js';
import { calledWordsOf, wordsOf } from './words.js';

/** How much a word counts by where it stands: PostgreSQL's weights of a lexeme, A the most. */
export const weights = ['A', 'B', 'C', 'D'] as const;
export type Weight = (typeof weights)[number];

export interface SearchableListing {
  readonly make: string;
  readonly model: string;
  readonly year: number;
  readonly trim: string | null;
  readonly bodyType: string | null;
  readonly fuelType: string | null;
  readonly exteriorColor: string | null;
  readonly features: readonly string[];
  readonly description: string | null;
}

/** Every word of a listing, each with the highest weight that it has there. */
export function weighedWords(listing: SearchableListing): Map<string, Weight> {
  const { make, model, year, trim, bodyType, fuelType, exteriorColor, features, description } = listing;
  const byWeight: Record<Weight, readonly string[]> = {
    A: [...calledWordsOf(`${make} ${model}`), String(year)],
    B: wordsIn(trim),
    C: [...features, bodyType, fuelType, exteriorColor].flatMap(wordsIn),
    D: wordsIn(description),
  };
  const words = new Map<string, Weight>();
  for (const weight of weights) {
    for (const word of byWeight[weight]) if (!words.has(word)) words.set(word, weight);
  }
  return words;
}

/** "PLUGIN_HYBRID" is two words, whoever wrote it. */
function wordsIn(text: string | null): string[] {
  return wordsOf(text?.replaceAll('_', ' ') ?? '');
}

/**
 * A listing's words in the one form that both databases read: PostgreSQL's text form of a tsvector, each word once at
 * place 1 with its weight, `'accord':1A 'leather':1C`. SQLite keeps the text, and triggers feed its words to FTS5.
 */
export function searchTermsOf(listing: SearchableListing): string {
  return [...weighedWords(listing)].map(([word, weight]) => `'${word}':1${weight}`).join(' ');
}

/** `searchTermsOf` in a column: a tsvector on PostgreSQL, text on SQLite. Written and searched, never read back. */
export class SearchTermsType extends Type<string, string> {
  override getColumnType(_property: EntityProperty, platform: Platform): string {
    return isPostgres({ getPlatform: () => platform }) ? 'tsvector' : 'text';
  }

  override get runtimeType(): string {
    return 'string';
  }
}
