import type { FastifyRequest } from 'fastify';
import { getOperationAST, OperationTypeNode } from 'graphql';
import { AppError } from '../../kernel/errors.js';
import type { AskedOperation, OperationLimits } from './operation-limits.js';

const queries = new WeakSet<FastifyRequest>();

/** Whether a request that has been through the limits asks for a query, which changes nothing. */
export function isQuery(request: FastifyRequest): boolean {
  return queries.has(request);
}

/**
 * Refuses what is past a limit before Apollo sees it; Apollo has no hook of its own between parsing and validation that
 * may refuse. What cannot be read at all goes on to Apollo, which says so.
 */
export function limitOperations(limits: OperationLimits) {
  return async (request: FastifyRequest): Promise<void> => {
    const asked = request.method === 'POST' ? askedInBody(request.body) : askedInUrl(request.url);
    if (!asked) return;
    try {
      const document = limits.check(asked);
      const name = typeof asked.operationName === 'string' ? asked.operationName : null;
      if (getOperationAST(document, name)?.operation === OperationTypeNode.QUERY) queries.add(request);
    } catch (error) {
      if (error instanceof AppError) throw error;
    }
  };
}

function askedInBody(body: unknown): AskedOperation | null {
  const { query, operationName, variables } = (body ?? {}) as Record<string, unknown>;
  return typeof query === 'string' ? { query, operationName, variables } : null;
}

/** Read as Apollo reads it: what another parser saw differently would run unchecked. */
function askedInUrl(url: string): AskedOperation | null {
  const parameters = new URL(url, 'http://localhost/').searchParams;
  const query = parameters.get('query');
  if (query === null) return null;
  return {
    query,
    operationName: parameters.get('operationName'),
    variables: parsed(parameters.get('variables')),
  };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
