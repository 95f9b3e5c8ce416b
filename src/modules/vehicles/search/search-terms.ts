import { type EntityProperty, type Platform, Type } from '@mikro-orm/core';
import { wordsOf } from './words.js';

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
  const texts: Record<Weight, ReadonlyArray<string | null>> = {
    A: [listing.make, listing.model, String(listing.year)],
    B: [listing.trim],
    C: [...listing.features, listing.bodyType, listing.fuelType, listing.exteriorColor],
    D: [listing.description],
  };
  const words = new Map<string, Weight>();
  for (const weight of weights) {
    for (const text of texts[weight]) {
      for (const word of wordsOf(text?.replaceAll('_', ' ') ?? '')) {
        if (!words.has(word)) words.set(word, weight);
      }
    }
  }
  return words;
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
    return isPostgres(platform) ? 'tsvector' : 'text';
  }

  override get runtimeType(): string {
    return 'string';
  }
}

/** Of the two, PostgreSQL alone has a default schema. */
function isPostgres(platform: Platform): boolean {
  return platform.getDefaultSchemaName() !== undefined;
}
