import { GraphQLEnumType, GraphQLSchema } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { type ErrorCode, statusOfCode } from '../kernel/errors.js';
import { answerInTime } from './limits/answer-in-time.js';
import { rooms } from './rooms.js';

let served: Promise<GraphQLSchema> | undefined;

/**
 * The schema as it is served: its root fields answer in time. It holds nothing of a server, so those of one process share
 * it; to make it takes tens of milliseconds.
 */
export function servedSchema(): Promise<GraphQLSchema> {
  served ??= buildGraphQLSchema().then((schema) => {
    answerInTime(schema);
    return schema;
  });
  return served;
}

/** The schema that the rooms' resolvers make. */
export async function buildGraphQLSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    // biome-ignore lint/complexity/noBannedTypes: type-graphql names a resolver class by this type
    resolvers: rooms.flatMap((room) => room.resolvers ?? []) as unknown as NonEmptyArray<Function>,
    validate: false,
    // Every subscription brings its own source; type-graphql asks for a PubSub all the same.
    pubSub: { publish: refuse, subscribe: refuse },
  });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, errorCodeEnum()] });
}

/** No field returns it: clients generate their error handling from it. */
function errorCodeEnum(): GraphQLEnumType {
  const values = Object.entries(statusOfCode).map(([code, status]) => [
    code,
    { value: code, description: `Told with \`extensions.statusCode\` ${status}.` },
  ]);
  return new GraphQLEnumType({
    name: 'ErrorCode' satisfies string,
    description:
      'What `extensions.code` of an error can be, where a client can act on it. ' +
      'Everything else is INTERNAL_SERVER_ERROR, told without detail.',
    values: Object.fromEntries(values) as Record<ErrorCode, { value: string; description: string }>,
  });
}

function refuse(): never {
  throw new Error('Subscriptions have sources of their own');
}
