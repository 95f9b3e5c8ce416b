/** Of a statement, enough to know it by. */
const LONGEST = 2_000;

/** An SQL statement without its values: MikroORM writes some of them into the text. */
export function withoutValues(sql: string): string {
  return sql
    .slice(0, LONGEST)
    .replace(/'(?:[^']|'')*('|$)/g, '?')
    .replace(/(?<![\w$."])\d+(?:\.\d+)?\b/g, '?');
}

const KINDS = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'begin',
  'commit',
  'rollback',
  'savepoint',
  'release',
  'set',
]);

/** What a statement does, in one of a few words. A `with` counts as what it is mostly for: reading. */
export function kindOf(sql: string): string {
  const word = /^\s*([a-z]+)/i.exec(sql)?.[1]?.toLowerCase() ?? '';
  if (word === 'with') return 'select';
  return KINDS.has(word) ? word : 'other';
}
