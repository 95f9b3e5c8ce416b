import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
} from 'graphql';
import type { Ctx } from '../kernel/context.js';
import { inTime, withDeadline } from '../kernel/deadline.js';
import type { Composed } from './compose.js';
import { type Caller, makeContext } from './context.js';
import { LAST_WORD_MS } from './limits/answer-in-time.js';

export type Source = AsyncIterableIterator<unknown>;

/** What an operation on a socket carries: it makes a context, with a unit of work of its own, for each event. */
export interface Live {
  fresh(): Ctx;
  /** What the operations of this socket follow: it ends with the socket at the latest. */
  readonly sources: Set<Source>;
  /** How long the operation may take, and each event of a subscription. */
  readonly timeoutMs: number;
}

export type LiveArgs = ExecutionArgs & { contextValue: Live };

export function liveOf({ config, services, orm }: Composed, caller: Caller, sources: Set<Source>): Live {
  const fresh = () => makeContext(services, orm, caller);
  return { fresh, sources, timeoutMs: config.operationTimeoutMs };
}

/** Executes an operation, or an event of one, in a context of its own and in its time. */
export async function executeLive(args: LiveArgs): Promise<ExecutionResult> {
  const { fresh, timeoutMs } = args.contextValue;
  const run = async () => execute({ ...args, contextValue: fresh() });
  try {
    return await withDeadline(timeoutMs, () => inTime(run(), LAST_WORD_MS));
  } catch (error) {
    return { errors: [asGraphQLError(error)] };
  }
}

/** graphql-js's `subscribe`, but each event is executed in a context of its own: nothing read lives as long as the socket. */
export async function subscribeLive(
  args: LiveArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const source = await openSource(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const { sources } = args.contextValue;
  const events = source[Symbol.asyncIterator]() as Source;
  sources.add(events);
  const end = async (): Promise<IteratorResult<ExecutionResult>> => {
    sources.delete(events);
    await events.return?.();
    return { value: undefined, done: true };
  };
  const results: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => results,
    async next() {
      try {
        const { value, done } = await events.next();
        if (done) return end();
        return { value: await executeLive({ ...args, rootValue: value }), done: false };
      } catch (error) {
        // Nobody returns an iterator that has thrown.
        await end();
        throw error;
      }
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
  };
  return results;
}

/** What a subscription follows, found in time or not at all: one that comes too late is let go. */
async function openSource(args: LiveArgs): Promise<AsyncIterable<unknown> | ExecutionResult> {
  const { fresh, timeoutMs } = args.contextValue;
  return withDeadline(timeoutMs, async () => {
    const opening = createSourceEventStream({ ...args, contextValue: fresh() });
    try {
      return await inTime(opening);
    } catch (error) {
      void opening.then(letGo, () => undefined);
      return { errors: [asGraphQLError(error)] };
    }
  });
}

function letGo(source: AsyncIterable<unknown> | ExecutionResult): void {
  if (Symbol.asyncIterator in source) void source[Symbol.asyncIterator]().return?.();
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
