import type { Ctx } from '../../../kernel/context.js';
import { isPostgres } from '../../../kernel/json-rows.js';
import { InputCheck } from '../../../kernel/text.js';
import { correctionsOf } from './corrections.js';
import { type Level, levelsOf } from './search-levels.js';
import { columns, type Match, matchApart, matchOf, type Wanted } from './search-match.js';
import { type SoughtName, soughtNamesOf } from './search-query.js';
import { spellingsNear } from './search-words.reads.js';
import { formOf } from './words.js';

/** What people type into a search box is shorter by far, and each word costs the database a look at each row. */
const MAX_TEXT = 200;
const MAX_NAMES = 16;

/** Words of one search that are looked up as misspelt. Who misspells more than these is not understood anyway. */
const MAX_LOOKED_UP = 8;

export interface RankedMatch extends Match {
  /** What fulfils the condition, by its relevance, where the database finds it so; else null. */
  readonly levels: readonly Level[] | null;
}

/** A search as SQL about the row `r`. */
export interface TextSearch extends RankedMatch {
  /** The same about the row `w` of PostgreSQL's `vehicle_search`: of each listing on the market its words, and little else. */
  readonly apart: RankedMatch | null;
}

/**
 * A search of make, model, trim, equipment and description: a listing has to have each name of it. Null where the text
 * says nothing of a car; then it does not narrow. BAD_USER_INPUT on `search` for a text that is too long.
 */
export async function textSearchOf(ctx: Pick<Ctx, 'em'>, search: string): Promise<TextSearch | null> {
  const names = soughtNamesOf(checked(search));
  if (names.length === 0) return null;
  const check = new InputCheck();
  check.ensure(names.length <= MAX_NAMES, 'search', `Ensure this field has no more than ${MAX_NAMES} words.`);
  check.done();
  const near = await spellingsNear(ctx.em, misspeltWordsOf(names));
  const wanted = names.map((name) => wantedOf(name, near));
  const match = matchOf(ctx.em, wanted);
  if (!isPostgres(ctx.em)) return { ...match, levels: null, apart: null };
  return {
    ...match,
    levels: levelsOf(columns.listing, wanted),
    apart: { ...matchApart(wanted), levels: levelsOf(columns.apart, wanted) },
  };
}

/** The words of a search that may be misspelt, as many as are looked up. */
export function misspeltWordsOf(names: readonly SoughtName[]): string[] {
  return [...new Set(names.flatMap(({ written }) => written ?? []))].slice(0, MAX_LOOKED_UP);
}

/** What a name of a search may be in a listing, given the known spellings near each word that may be misspelt. */
export function wantedOf(name: SoughtName, near: ReadonlyMap<string, readonly string[]>): Wanted {
  const corrections = name.written === null ? [] : correctionsOf(name.written, near.get(name.written) ?? []);
  return { ways: name.ways, corrected: formsOf(corrections).map((form) => [form]) };
}

/** Before anything else is done with it: what it takes to read a text grows with its length. */
function checked(search: string): string {
  const check = new InputCheck();
  const text = check.optional('search', search, MAX_TEXT);
  check.done();
  return text ?? '';
}

function formsOf(words: readonly string[]): string[] {
  return [...new Set(words.map(formOf).filter((form) => form !== null))];
}
