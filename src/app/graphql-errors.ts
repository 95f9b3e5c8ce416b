import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { isOutOfTime, OutOfTime } from '../kernel/deadline.js';
import { AppError, type ErrorCode, statusOfCode } from '../kernel/errors.js';
import type { Logger } from '../kernel/ports.js';
import { toldOf, unavailabilityOf } from '../kernel/unavailable.js';

export interface Telling {
  readonly log: Logger;
  /** Of the operation: a client can name it, and the log's lines about it do. */
  readonly requestId: string;
  /** In production graphql-js's guesses at what was meant are kept back: they name what a stranger need not know. */
  readonly hideSuggestions: boolean;
}

/**
 * What a client is told of an error, over HTTP and WebSocket alike. An error with a code of the contract is told as it
 * is; a document or a variable that does not fit the schema is BAD_USER_INPUT; an operation that was stopped says so;
 * everything else is a bug, logged whole and told without detail.
 */
export function tellError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { log, requestId, hideSuggestions }: Telling,
): GraphQLFormattedError {
  const code = formatted.extensions?.code;
  const cause = rootCause(error);
  // What we write ourselves suggests nothing by accident.
  const message =
    hideSuggestions && !(cause instanceof AppError)
      ? withoutSuggestion(formatted.message)
      : formatted.message;
  if (isContractCode(code)) {
    const { extensions, ...rest } = withoutStack(formatted);
    return { ...rest, message, extensions: { statusCode: statusOfCode[code], ...extensions, requestId } };
  }
  if (isClientsFault(error, code)) {
    const statusCode = httpStatusOf(error) ?? statusOfCode.BAD_USER_INPUT;
    return {
      ...withoutStack(formatted),
      message,
      extensions: { code: 'BAD_USER_INPUT', statusCode, requestId },
    };
  }
  const { message: told, ...more } = failureOf(cause, { path: formatted.path, requestId }, log);
  return {
    message: told,
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: { code: 'INTERNAL_SERVER_ERROR', ...more, requestId },
  };
}

/** Logs what no code of the contract tells of, and says what a client is told of it. */
function failureOf(cause: unknown, details: object, log: Logger): Failure {
  if (isOutOfTime(cause)) {
    log.warn(details, 'an operation took too long');
    const { message, statusCode } = new OutOfTime();
    return { message, statusCode };
  }
  const unavailable = unavailabilityOf(cause);
  if (unavailable) {
    // That the database is away its own log lines tell, once and not for each operation.
    log.debug({ err: cause, ...details }, 'an operation found no database');
    return toldOf(unavailable);
  }
  log.error({ err: cause, ...details }, 'an operation failed');
  return { message: 'Internal server error.', statusCode: 500 };
}

interface Failure {
  readonly message: string;
  readonly statusCode: number;
  readonly retryAfterSeconds?: number;
}

function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
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

/** What Apollo Server answers a request with that it does not take: 405 for a mutation over GET, 406, 415. */
function httpStatusOf(error: unknown): number | undefined {
  const http = error instanceof GraphQLError ? error.extensions.http : undefined;
  return (http as { status?: number } | undefined)?.status;
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
