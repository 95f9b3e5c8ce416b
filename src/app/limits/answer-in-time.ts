import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { currentDeadline, inTime } from '../../kernel/deadline.js';

/**
 * How much later than due an answer is given as a whole. Until then what the root fields have, and what cancelled
 * statements say of others, is still put together.
 */
export const LAST_WORD_MS = 250;

/**
 * Makes each root field answer when the operation's time is up, whatever its resolver still waits for; fields that a
 * mutation has not come to by then are not begun. What other root fields have answered by then is told.
 */
export function answerInTime(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const resolve = field.resolve ?? defaultFieldResolver;
      field.resolve = (source, args, context, info) => {
        currentDeadline()?.check();
        const result = resolve(source, args, context, info);
        return result instanceof Promise ? inTime(result) : result;
      };
    }
  }
}
