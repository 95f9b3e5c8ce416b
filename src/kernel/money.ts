import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** Money is an integer number of cents everywhere inside; only this scalar and people see decimals. */
export type Cents = number;

/** One billion dollars: far above any car, far below what a double holds exactly. */
export const MAX_CENTS: Cents = 100_000_000_000;

const DECIMAL = /^(\d{1,10})(?:\.(\d{1,2}))?$/;

/** Cents of a decimal such as `"23500"`, `"23500.5"` or `23500.50`. Throws GraphQLError for anything else. */
export function parseMoney(value: unknown): Cents {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const match = typeof text === 'string' ? DECIMAL.exec(text) : null;
  if (!match) {
    throw new GraphQLError(
      'Money is a decimal number of at most two places that is not negative, such as "23500.00".',
      { extensions: { code: 'BAD_USER_INPUT', statusCode: 400 } },
    );
  }
  const cents = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  if (cents > MAX_CENTS) {
    throw new GraphQLError(`Money is at most ${formatMoney(MAX_CENTS)}.`, {
      extensions: { code: 'BAD_USER_INPUT', statusCode: 400 },
    });
  }
  return cents;
}

/** `2350000` → `"23500.00"`. */
export function formatMoney(cents: Cents): string {
  if (!Number.isSafeInteger(cents) || cents < 0) throw new RangeError(`Not an amount in cents: ${cents}`);
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** `2350000` → `"$23,500.00"`, for sentences that people read. */
export function dollars(cents: Cents): string {
  const [whole = '0', part = '00'] = formatMoney(cents).split('.');
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${part}`;
}

export const MoneyScalar = new GraphQLScalarType<Cents, string>({
  name: 'Money',
  description:
    'US dollars as an exact decimal string with two places, "23500.00". Input also takes an Int, or a number ' +
    'literal of at most two decimals. Never negative.',
  serialize: (value) => formatMoney(value as Cents),
  parseValue: parseMoney,
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT)
      return parseMoney(node.value);
    return parseMoney(null);
  },
});
