import { GraphQLError } from 'graphql';

/** What a client can act on: the contract's codes, each with the status that REST would answer. */
export const statusOfCode = {
  UNAUTHENTICATED: 401,
  INVALID_CREDENTIALS: 401,
  TOKEN_EXPIRED: 401,
  TOKEN_REVOKED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  QUERY_TOO_COMPLEX: 400,
  DEALER_NOT_VERIFIED: 403,
  VEHICLE_UNAVAILABLE: 409,
  ALREADY_NEGOTIATING: 409,
  NEGOTIATION_ENDED: 409,
  NOT_YOUR_TURN: 409,
  OFFER_EXPIRED: 409,
  OFFER_OUT_OF_BOUNDS: 400,
  OFFER_LIMIT_REACHED: 409,
} as const;

export type ErrorCode = keyof typeof statusOfCode;

/** Messages by input field, as REST and GraphQL both tell them: `{"email": ["Already registered."]}`. */
export type FieldMessages = Record<string, string[]>;

/**
 * A refusal that the client is meant to read. It is a GraphQLError, so that HTTP, WebSocket and the REST shim tell
 * it alike; every other error is a bug and reaches a client without detail.
 */
export class AppError extends GraphQLError {
  readonly code: ErrorCode;
  readonly fields: FieldMessages | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { fields?: FieldMessages; [key: string]: unknown } = {},
  ) {
    super(message, { extensions: { code, statusCode: statusOfCode[code], ...details } });
    this.name = 'AppError';
    // A refusal is an answer and no fault to be traced; the text of a stack, with source maps, costs milliseconds.
    Object.defineProperty(this, 'stack', {
      value: `AppError: ${message}`,
      configurable: true,
      writable: true,
    });
    this.code = code;
    this.fields = details.fields;
  }

  get statusCode(): number {
    return statusOfCode[this.code];
  }
}

export function badInput(fields: FieldMessages): AppError {
  const first = Object.entries(fields)[0];
  return new AppError('BAD_USER_INPUT', first ? `${first[0]}: ${first[1][0]}` : 'The input is not valid.', {
    fields,
  });
}

export function notFound(what: string): AppError {
  return new AppError('NOT_FOUND', `${what} not found.`);
}

export function forbidden(message = 'You do not have permission to perform this action.'): AppError {
  return new AppError('FORBIDDEN', message);
}

export function conflict(message: string): AppError {
  return new AppError('CONFLICT', message);
}
