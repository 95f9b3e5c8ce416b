import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { AppError } from '../../kernel/errors.js';
import type { Eyes } from './eyes.js';

/** Counts what a client is told of an error of GraphQL, by its code: those of the contract, and one for all bugs. */
export function counted({ metrics }: Eyes, told: GraphQLFormattedError): GraphQLFormattedError {
  metrics?.errorTold(String(told.extensions?.code));
  return told;
}

type Teller = (error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) => unknown;

/** Counts what is refused before an operation runs, and what REST routes refuse. */
export function countingErrors<T extends Teller>({ metrics }: Eyes, tell: T): T {
  if (!metrics) return tell;
  const counting: Teller = (error, request, reply) => {
    const isBug = !(error instanceof AppError) && (error.statusCode ?? 500) >= 500;
    const code = error instanceof AppError ? error.code : isBug ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
    metrics.errorTold(code);
    return tell(error, request, reply);
  };
  return counting as T;
}
