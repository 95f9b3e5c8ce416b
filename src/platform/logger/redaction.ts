/**
 * What log lines must not tell: passwords, tokens, secrets, and the addresses of people. Lines are about the system;
 * whom something happened to is in the database, under the request's id.
 */

/** Names of details whose values are nobody's business, whatever they are. */
const SECRET_NAME =
  /password|secret|token|authorization|cookie|signature|^(e-?mails?|variables|parameters|bindings|body|headers)$/i;

const REDACTED = '[redacted]';
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT = 4_000;

/** The details of a log line without what it must not tell; errors as plain objects. */
export function redacted(details: object): Record<string, unknown> {
  return redactedEntries(details, 0);
}

function redactedValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[…]';
  if (value instanceof Error) return redactedError(value, depth);
  if (ArrayBuffer.isView(value)) return '[bytes]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactedValue(item, depth + 1));
  return redactedEntries(value, depth);
}

function redactedEntries(object: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object)
      .slice(0, MAX_ITEMS)
      .map(([name, value]) => [name, SECRET_NAME.test(name) ? REDACTED : redactedValue(value, depth + 1)]),
  );
}

/** Of an error, what leads to its cause. Drivers add the row that failed, and the values of the statement. */
const TELLING = ['code', 'severity', 'table', 'column', 'constraint', 'routine', 'syscall', 'errno'] as const;

function redactedError(error: Error, depth: number): Record<string, unknown> {
  const told = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: messageOf(told),
    ...Object.fromEntries(
      TELLING.flatMap((name) => (isPlain(told[name]) ? [[name, redactedText(String(told[name]))]] : [])),
    ),
    // The first lines of a stack are the message once more.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^ {4}at /.test(line))
      .map(redactedText)
      .join('\n'),
    ...(error.cause instanceof Error ? { cause: redactedValue(error.cause, depth + 1) } : {}),
    ...(error instanceof AggregateError ? { errors: redactedValue(error.errors, depth + 1) } : {}),
  };
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** PostgreSQL's messages of class 22 (data exception) quote the value; those of other classes quote names. */
function messageOf({ message, code }: Error & Record<string, unknown>): string {
  const text = redactedText(message);
  return typeof code === 'string' && /^22...$/.test(code) ? text.replace(/"[^"]*"/g, '"?"') : text;
}

/** A text without what can be told for a secret or an address by its form. */
export function redactedText(text: string): string {
  const plain = text
    .slice(0, MAX_TEXT)
    // MikroORM adds PostgreSQL's detail to the message: the values that broke a constraint.
    .replace(/\n - detail: .*$/s, '')
    .replace(/(:\/\/)[^\s/@]+@/g, `$1${REDACTED}@`)
    .replace(/(\/[^\s?"']*)\?[^\s"'<>)]+/g, `$1?${REDACTED}`)
    .replace(/eyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, REDACTED)
    .replace(/\$argon2\S+/g, REDACTED)
    .replace(/\b(bearer|basic) +[^\s"',;]+/gi, `$1 ${REDACTED}`)
    .replace(/[\w-]{32,}/g, (run) => (isRandom(run) ? REDACTED : run))
    .replace(
      /(password|secret|token|authorization)(["'\\]*\s*[:=]\s*["'\\]*)[^\s"',;}]+/gi,
      `$1$2${REDACTED}`,
    )
    .replace(/[^\s@'"`<>()[\]{},;:=/\\]{1,64}(@|%40)[^\s@'"`<>()[\]{},;:=/\\]+/g, '[address]');
  return /\b(select|insert|update|delete)\b/i.test(plain) ? withoutLiterals(plain) : plain;
}

/** How migrations are called: `Migration20261122090000_create_marketplace`. */
const MIGRATION = /^Migration\d+(_[a-z]+)+$/;

/** 128 bits or more, in base64url: lower-case ids, names and paths have no such mixture. */
function isRandom(run: string): boolean {
  return /\d/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run) && !MIGRATION.test(run);
}

/** SQL without its values. */
function withoutLiterals(sql: string): string {
  return sql.replace(/'(?:[^']|'')*('|$)/g, `'?'`);
}
