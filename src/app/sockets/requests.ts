import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Composed } from '../compose.js';
import { counted } from '../eyes/errors.js';
import { tellError } from '../graphql-errors.js';
import { asGraphQLError } from '../live-operations.js';

/** What a `next` message carries. Errors are told as over HTTP; each operation is a request with an id of its own. */
export function payloadOf(result: ExecutionResult, composed: Composed, requestId: string): Buffer {
  try {
    return Buffer.from(JSON.stringify(resultTold(result, composed, requestId)));
  } catch (error) {
    // A scalar gave what JSON does not have.
    return payloadOf({ errors: [asGraphQLError(error)] }, composed, requestId);
  }
}

function resultTold(
  { errors, ...result }: ExecutionResult,
  composed: Composed,
  requestId: string,
): FormattedExecutionResult {
  return errors ? { ...result, errors: errorsTold(errors, composed, requestId) } : result;
}

export function errorsTold(
  errors: readonly GraphQLError[],
  { config, services, eyes }: Composed,
  requestId: string,
): GraphQLFormattedError[] {
  const telling = { log: services.log, requestId, hideSuggestions: !config.introspection };
  return errors.map((error) => counted(eyes, tellError(error.toJSON(), error, telling)));
}
