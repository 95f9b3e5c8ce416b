/**
 * A file that came with a multipart request: the value of the scalar Upload. All of it has arrived and lies on this
 * machine, for as long as its operation runs. What it is, its content says: the type that the client told is not kept.
 */
export class Upload {
  constructor(
    readonly path: string,
    readonly sizeBytes: number,
    /** What the client called it, made fit to be shown to people (`filenameOf`); never a part of a path or a key. */
    readonly filename: string,
  ) {}
}

/** In UTF-16 code units: as much as a column takes that keeps one. */
const MAX_FILENAME = 200;

/** What is called nothing that could be shown. */
const UNNAMED = 'document';

/** Marks that turn the direction of text around, or are not seen, could make "…gpj.exe" read as a picture. */
const UNSEEN = /[\p{Cf}\p{Co}\p{Cs}]/gu;
const BREAKS_AND_SPACES = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;

/** A client's name of a file, fit to be shown: without folders, on one line, of what is seen, 1 to 200 characters. */
export function filenameOf(told: string): string {
  const seen = told.replace(UNSEEN, '').replace(BREAKS_AND_SPACES, ' ');
  const name = (seen.split(/[/\\]/).at(-1) ?? '').trim();
  return /^\.*$/.test(name) ? UNNAMED : shortened(name);
}

/** What is too long loses its middle: the end says what it is. */
function shortened(name: string): string {
  if (name.length <= MAX_FILENAME) return name;
  const ending = /\.[^. ]{1,10}$/u.exec(name)?.[0] ?? '';
  // Not half of a character that takes two units.
  const beginning = name.slice(0, MAX_FILENAME - ending.length).replace(/[\ud800-\udbff]$/, '');
  return `${beginning.trimEnd()}${ending}`;
}
