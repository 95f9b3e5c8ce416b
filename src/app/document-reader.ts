import { setImmediate } from 'node:timers/promises';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Config } from './config.js';
import type { OperationLimits } from './limits/operation-limits.js';

/** An operation that may run, or why it may not. */
export type DocumentReader = (payload: SubscribePayload) => Promise<ReadDocument | readonly GraphQLError[]>;

interface ReadDocument {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variableValues: Record<string, unknown> | null | undefined;
}

/**
 * Reads what comes over WebSocket by the limits and rules that hold over HTTP, where Apollo validates. Many documents can
 * come at once here: of those that are not known to be valid one is read in each turn of the event loop, so that others
 * are served in between.
 */
export function documentReader(
  schema: GraphQLSchema,
  { introspection }: Config,
  limits: OperationLimits,
): DocumentReader {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const valid = new WeakSet<DocumentNode>();
  let lastTurn: Promise<void> = Promise.resolve();

  return async (payload) => {
    const known = limits.knownDocument(payload.query);
    if (!known || !valid.has(known)) {
      lastTurn = lastTurn.then(() => setImmediate());
      await lastTurn;
    }
    let document: DocumentNode;
    try {
      document = limits.check(payload);
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError('The document could not be read.')];
    }
    if (!valid.has(document)) {
      const faults = validate(schema, document, rules, { hideSuggestions: !introspection });
      if (faults.length > 0) return faults;
      valid.add(document);
    }
    const { operationName, variables } = payload;
    const variableValues = declaredOf(document, operationName, variables);
    return { schema, document, operationName, variableValues };
  };
}

/** What a subscription keeps for as long as it lasts: of its variables those that its operation knows, and nothing beside. */
function declaredOf(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown> | null | undefined,
): Record<string, unknown> | null | undefined {
  if (!variables) return variables;
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const names = definitions.map(({ variable }) => variable.name.value);
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
}
