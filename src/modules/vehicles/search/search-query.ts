import { mayBeMisspelt } from './corrections.js';
import { formOf, type Name, namesOf } from './words.js';

/** A name of a search: a listing has to have it, in one of the ways that it may be written. */
export interface SoughtName {
  /** Words in the form in which listings hold them; the words of one way have to be there together. */
  readonly ways: ReadonlyArray<readonly string[]>;
  /** As it was written, where that may be a misspelling; else null. */
  readonly written: string | null;
}

/** A name of this length or less is often one with its neighbour: "cr v", "f 150", "3 series". */
const SHORT = 3;

/** The names of a search, each once. What says nothing of a car is left out. */
export function soughtNamesOf(text: string): SoughtName[] {
  const names = namesOf(text);
  const sought = new Map<string, SoughtName>();
  names.forEach((name, index) => {
    const own = waysOf(name);
    if (own.length === 0) return;
    const ways = [...own, ...joined(names[index - 1], name), ...joined(name, names[index + 1])];
    sought.set(JSON.stringify(ways), { ways, written: mayBeMisspelt(name.whole) ? name.whole : null });
  });
  return [...sought.values()];
}

/**
 * The whole; and the parts, where none is a single character: "f" and "150" anywhere in a text are no F-150. None where
 * all of it is filler.
 */
function waysOf({ parts, whole }: Name): string[][] {
  const form = formOf(whole);
  const forms = parts.map(formOf).filter((part) => part !== null);
  if (form === null || forms.length === 0) return [];
  return parts.length < 2 || parts.some((part) => part.length < 2) ? [[form]] : [[form], forms];
}

function joined(left: Name | undefined, right: Name | undefined): string[][] {
  if (!left || !right || Math.min(left.whole.length, right.whole.length) > SHORT) return [];
  const form = formOf(`${left.whole}${right.whole}`);
  return form === null ? [] : [[form]];
}
