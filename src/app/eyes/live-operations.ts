import { SpanKind } from '@opentelemetry/api';
import {
  type DocumentNode,
  type ExecutionResult,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { Eyes } from './eyes.js';
import { attributesOf, spanNameOf, tellRan } from './http-operations.js';

/** An operation whose document has been read, and has it. */
interface Read {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/** Counts, times and traces an operation on a socket: of a subscription, until it follows its source. */
export async function watchedLive<T extends ExecutionResult | AsyncIterator<unknown>>(
  eyes: Eyes,
  { document, operationName }: Read,
  work: () => Promise<T>,
): Promise<T> {
  const { metrics, tracing } = eyes;
  const operation = getOperationAST(document, operationName);
  if ((!metrics && !tracing) || !operation) return work();
  const startedAt = performance.now();
  const run = async () => {
    const result = await work();
    const isGood = 'next' in result || !result.errors;
    tellRan(eyes, operation, { transport: 'websocket', isGood, startedAt });
    return result;
  };
  return tracing ? tracing.whole(spanOf(tracing, operation), run) : run();
}

function spanOf(tracing: NonNullable<Eyes['tracing']>, operation: OperationDefinitionNode) {
  return tracing.root(spanNameOf(operation), SpanKind.SERVER, attributesOf(operation));
}

/**
 * Counts an event of a subscription as it is executed, and makes it a trace of its own: it is executed once for all equal
 * subscribers, and belongs to none of them.
 */
export function watchedEvent(
  { metrics, tracing }: Eyes,
  field: string,
  work: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  metrics?.eventExecuted(field);
  if (!tracing) return work();
  const attributes = { 'graphql.operation.type': 'subscription', 'graphql.field.name': field };
  return tracing.whole(tracing.root(`event ${field}`, SpanKind.CONSUMER, attributes), work);
}
