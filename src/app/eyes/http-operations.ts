import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import type { OperationDefinitionNode } from 'graphql';
import type { Eyes } from './eyes.js';
import { withinRequest } from './requests.js';

/** Names in traces are what clients wrote, but for their length. */
const LONGEST_NAME = 100;

/** Runs what answers a request of GraphQL as a span of its own, which `watchOperations` gives its name. */
export function asOperation<T>(eyes: Eyes, request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  const { tracing } = eyes;
  if (!tracing) return work();
  return withinRequest(eyes, request, () =>
    tracing.whole(tracing.part('graphql', SpanKind.INTERNAL, {}), work),
  );
}

/** Counts and times operations that come over HTTP. What is no valid operation is told among the errors alone. */
export function watchOperations(eyes: Eyes): ApolloServerPlugin<BaseContext>[] {
  const { metrics, tracing } = eyes;
  if (!metrics && !tracing) return [];
  const plugin: ApolloServerPlugin<BaseContext> = {
    requestDidStart: async () => {
      const startedAt = performance.now();
      return {
        didResolveOperation: async ({ operation }) => {
          const span = tracing?.current;
          if (!operation || !span?.isRecording()) return;
          span.updateName(spanNameOf(operation));
          span.setAttributes(attributesOf(operation));
        },
        willSendResponse: async ({ operation, response: { body } }) => {
          const isGood = body.kind === 'single' && !body.singleResult.errors;
          tellRan(eyes, operation, { transport: 'http', isGood, startedAt });
        },
      };
    },
  };
  return [plugin];
}

interface Run {
  readonly transport: 'http' | 'websocket';
  readonly isGood: boolean;
  /** By `performance.now()`. */
  readonly startedAt: number;
}

/** Tells the current span and the metrics what became of an operation; without one, of what was none. */
export function tellRan(
  { metrics, tracing }: Eyes,
  operation: OperationDefinitionNode | undefined,
  { transport, isGood, startedAt }: Run,
): void {
  if (!isGood) tracing?.current?.setStatus({ code: SpanStatusCode.ERROR });
  if (!operation) return;
  metrics?.operationRan({
    type: operation.operation,
    name: operation.name?.value,
    transport,
    isGood,
    seconds: (performance.now() - startedAt) / 1_000,
  });
}

export function spanNameOf({ operation, name }: OperationDefinitionNode): string {
  return name ? `${operation} ${name.value.slice(0, LONGEST_NAME)}` : operation;
}

/** Neither variables nor the document: people are in both. */
export function attributesOf({ operation, name }: OperationDefinitionNode) {
  return {
    'graphql.operation.type': operation,
    ...(name ? { 'graphql.operation.name': name.value.slice(0, LONGEST_NAME) } : {}),
  };
}
