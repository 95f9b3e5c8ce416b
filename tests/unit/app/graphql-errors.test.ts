import { DriverException } from '@mikro-orm/core';
import {
  type ExecutionResult,
  execute,
  GraphQLEnumType,
  GraphQLError,
  type GraphQLFormattedError,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { tellError } from '../../../src/app/graphql-errors.js';
import { OutOfTime } from '../../../src/kernel/deadline.js';
import { AppError } from '../../../src/kernel/errors.js';
import { MoneyScalar } from '../../../src/kernel/money.js';
import { URLScalar } from '../../../src/kernel/scalars.js';

const fails = (error: Error) => ({
  type: GraphQLInt,
  resolve: () => {
    throw error;
  },
});

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      refuses: fails(new AppError('CONFLICT', 'No.', { fields: { id: ['No.'] } })),
      breaks: fails(new Error('secret detail')),
      lasts: fails(new OutOfTime()),
      lastsInside: fails(new DriverException(new OutOfTime())),
      misuses: fails(new GraphQLError('secret detail')),
      foreign: fails(new GraphQLError('secret detail', { extensions: { code: 'TEAPOT' } })),
      missing: { type: new GraphQLNonNull(GraphQLInt), resolve: () => null },
      wrongEnum: { type: new GraphQLEnumType({ name: 'E', values: { A: {} } }), resolve: () => 'B' },
      wrongMoney: { type: MoneyScalar, resolve: () => -1 },
      takesEnum: {
        type: GraphQLInt,
        args: { e: { type: new GraphQLEnumType({ name: 'F', values: { A: {} } }) } },
      },
      takes: {
        type: GraphQLString,
        args: {
          url: { type: URLScalar },
          amount: { type: MoneyScalar },
          size: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 1 },
        },
      },
    },
  }),
});

const requestId = '0f3c';

async function told(query: string, variableValues: Record<string, unknown> = {}, hideSuggestions = false) {
  const logged: object[] = [];
  const ignore = () => undefined;
  const keep = (details: object) => void logged.push(details);
  const log = { info: ignore, warn: keep, debug: ignore, error: keep };
  const document = parse(query);
  const faults = validate(schema, document);
  const result: ExecutionResult =
    faults.length > 0 ? { errors: faults } : await execute({ schema, document, variableValues });
  const answers: GraphQLFormattedError[] = (result.errors ?? []).map((e) =>
    tellError(e.toJSON(), e, { log, requestId, hideSuggestions }),
  );
  return { answers, logged };
}

describe('what a client is told of an error', () => {
  it('tells a refusal as it is', async () => {
    const { answers, logged } = await told('{ refuses }');
    const extensions = { code: 'CONFLICT', statusCode: 409, fields: { id: ['No.'] }, requestId };
    expect(answers).toEqual([expect.objectContaining({ message: 'No.', path: ['refuses'], extensions })]);
    expect(logged).toEqual([]);
  });

  it.each(['breaks', 'misuses', 'foreign', 'missing', 'wrongEnum', 'wrongMoney'])(
    'tells a bug without detail, and logs it: %s',
    async (field) => {
      const { answers, logged } = await told(`{ ${field} }`);
      const extensions = { code: 'INTERNAL_SERVER_ERROR', statusCode: 500, requestId };
      expect(answers).toEqual([
        expect.objectContaining({ message: 'Internal server error.', path: [field], extensions }),
      ]);
      expect(JSON.stringify(answers)).not.toContain('secret');
      expect(logged).toEqual([expect.objectContaining({ requestId, path: [field] })]);
    },
  );

  it.each([
    ['an unknown field', '{ nothing }', {}],
    ['a literal that a scalar throws at', '{ takes(url: "x") }', {}],
    ['a literal that a scalar refuses', '{ takes(amount: "-1") }', {}],
    ['a variable that a scalar throws at', 'query ($a: URL) { takes(url: $a) }', { a: 'x' }],
    ['a variable that a scalar refuses', 'query ($a: Money) { takes(amount: $a) }', { a: -1 }],
    ['a variable of a wrong type', 'query ($a: Int!) { takes(size: $a) }', { a: 'x' }],
    ['null where a default stands', 'query ($a: Int) { takes(size: $a) }', { a: null }],
  ])('tells what is wrong with the request: %s', async (_name, query, variables) => {
    const { answers, logged } = await told(query, variables);
    expect(answers[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', statusCode: 400, requestId });
    expect(answers[0]?.message).not.toBe('Internal server error.');
    expect(logged).toEqual([]);
  });

  it.each(['lasts', 'lastsInside'])('tells that an operation was stopped: %s', async (field) => {
    const { answers, logged } = await told(`{ ${field} }`);
    expect(answers).toEqual([
      {
        message: 'The operation took too long and was stopped.',
        locations: [{ line: 1, column: 3 }],
        path: [field],
        extensions: { code: 'INTERNAL_SERVER_ERROR', statusCode: 503, requestId },
      },
    ]);
    expect(logged).toEqual([{ requestId, path: [field] }]);
  });

  it.each([
    ['a field', '{ breakz }', {}],
    ['a variable', 'query ($a: F) { takesEnum(e: $a) }', { a: 'AA' }],
  ])('guesses what was meant by %s, unless suggestions are hidden', async (_name, query, variables) => {
    const [open, hidden] = [await told(query, variables), await told(query, variables, true)];
    expect(open.answers[0]?.message).toContain('Did you mean');
    expect(hidden.answers[0]?.message).not.toContain('Did you mean');
    expect(open.answers[0]?.message.startsWith(hidden.answers[0]?.message as string)).toBe(true);
  });

  it('tells errors without a path by what they are', () => {
    const log = { error: () => undefined } as never;
    const telling = { log, requestId, hideSuggestions: false };
    const codeOf = (error: GraphQLError) => tellError(error.toJSON(), error, telling).extensions?.code;
    expect(codeOf(new GraphQLError('Unable to identify operation'))).toBe('BAD_USER_INPUT');
    const wrapped = new GraphQLError('x', { originalError: new Error('Context creation failed') });
    expect(codeOf(wrapped)).toBe('INTERNAL_SERVER_ERROR');
  });
});
