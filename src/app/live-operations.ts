import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
} from 'graphql';
import type { Ctx } from '../kernel/context.js';
import { inTime, withDeadline } from '../kernel/deadline.js';
import { LAST_WORD_MS } from './limits/answer-in-time.js';

/** An operation as it was asked for. Who asks is another matter: equal ones are executed once for many. */
export type LiveOperation = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/**
 * Executes an operation, or an event of one (its root value), in its time. The context is made for it alone: nothing that
 * was read lives as long as a socket.
 */
export async function executeLive(
  operation: LiveOperation,
  fresh: () => Ctx,
  timeoutMs: number,
  rootValue?: unknown,
): Promise<ExecutionResult> {
  const run = async () => execute({ ...operation, rootValue, contextValue: fresh() });
  try {
    return await withDeadline(timeoutMs, () => inTime(run(), LAST_WORD_MS));
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
}

/** What a subscription follows, found in time or not at all: one that comes too late is let go. */
export async function openSource(
  operation: LiveOperation,
  fresh: () => Ctx,
  timeoutMs: number,
): Promise<AsyncIterator<unknown> | ExecutionResult> {
  return withDeadline(timeoutMs, async () => {
    const opening = createSourceEventStream({ ...operation, contextValue: fresh() });
    try {
      const source = await inTime(opening);
      return isStream(source) ? source[Symbol.asyncIterator]() : source;
    } catch (error) {
      void opening.then(letGo, () => undefined);
      return { errors: [asGraphQLError(error)] };
    }
  });
}

function isStream(source: AsyncIterable<unknown> | ExecutionResult): source is AsyncIterable<unknown> {
  return Symbol.asyncIterator in source;
}

function letGo(source: AsyncIterable<unknown> | ExecutionResult): void {
  if (isStream(source)) void source[Symbol.asyncIterator]().return?.();
}

export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
