import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { type ErrorCode, statusOfCode } from '../kernel/errors.js';
import type { Logger } from '../kernel/ports.js';

/**
 * What a client is told of an error, over HTTP and WebSocket alike. An error with a code of the contract is told as it
 * is; a document or a variable that does not fit the schema is BAD_USER_INPUT; everything else is a bug, logged whole
 * and told without detail.
 */
export function tellError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
): GraphQLFormattedError {
  const code = formatted.extensions?.code;
  if (isContractCode(code)) {
    return {
      ...formatted,
      extensions: { statusCode: statusOfCode[code], ...withoutStack(formatted).extensions },
    };
  }
  if (isClientsFault(error, code)) {
    return {
      ...withoutStack(formatted),
      extensions: { code: 'BAD_USER_INPUT', statusCode: 400 },
    };
  }
  log.error({ err: rootCause(error), path: formatted.path }, 'an operation failed');
  return {
    message: 'Internal server error.',
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: { code: 'INTERNAL_SERVER_ERROR', statusCode: 500 },
  };
}

function isContractCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(statusOfCode, code);
}

const DOCUMENT_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/**
 * Until the first field is resolved graphql-js can complain only of the document and its variables, whatever a scalar
 * threw. From then on an error has a path; it is the client's only where it points at something that the client gave,
 * an argument for instance, and not at the field whose value could not be told.
 */
function isClientsFault(error: unknown, code: unknown): boolean {
  if (typeof code === 'string' && DOCUMENT_CODES.has(code)) return true;
  if (!(error instanceof GraphQLError)) return false;
  if (error.path) return !!error.nodes?.some((node) => node.kind !== Kind.FIELD);
  return error.nodes !== undefined || rootCause(error) instanceof GraphQLError;
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function withoutStack(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, extensions };
}
