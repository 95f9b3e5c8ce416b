import { type DocumentNode, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { AppError } from '../../kernel/errors.js';
import type { Config } from '../config.js';
import { rooms } from '../rooms.js';
import { forgetComments } from './comments.js';
import { costOf } from './document.cost.js';
import { fragmentsIn } from './document.fragments.js';
import { type DocumentSize, sizeOf } from './document.walk.js';
import { DocumentCache } from './document-cache.js';
import { repeatedField } from './once-per-operation.js';
import { mayLackRootField } from './subscription-root.js';

/** What a client asks for, over HTTP or WebSocket; only the document is known to be a text. */
export interface AskedOperation {
  readonly query: string;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

/**
 * Levels within `__schema` and `__type`: the introspection that graphql-js writes for tools takes 15. Its width is bounded
 * by graphql-js's MaxIntrospectionDepthRule.
 */
const INTROSPECTION_DEPTH = 20;

/** Tools ask for the schema once, and nothing of it under two names; each time costs tens of milliseconds. */
const SCHEMAS = 1;
const TYPES = 5;
const INTROSPECTION_ALIASES = 2;

/**
 * What an operation may ask for at most, the same over HTTP and WebSocket, found out before anything of it runs and before
 * it is validated: validation itself has to be kept from going through what is beyond all measure.
 */
export class OperationLimits {
  private readonly once = new Set(rooms.flatMap((room) => room.oncePerOperation ?? []));
  /** Documents that are within the limits, whatever their variables. */
  private readonly known = new DocumentCache<DocumentNode>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly config: Config,
  ) {}

  /**
   * The document, parsed. Nothing of the schema has been checked in it.
   * @throws GraphQLError for what cannot be parsed, AppError BAD_USER_INPUT or QUERY_TOO_COMPLEX past a limit.
   */
  check({ query, operationName, variables }: AskedOperation): DocumentNode {
    const document = this.known.get(query) ?? this.read(query);
    const operation = getOperationAST(document, typeof operationName === 'string' ? operationName : null);
    if (!operation) return document;
    const { maxQueryCost, policy } = this.config;
    const cost = costOf(this.schema, document, operation, variables, policy);
    if (cost > maxQueryCost) {
      const message = `The operation may read ${cost} objects; ${maxQueryCost} are allowed. Ask for shorter pages or fewer fields.`;
      throw new AppError('QUERY_TOO_COMPLEX', message);
    }
    return document;
  }

  /** A document that has been asked for before, as long as it is remembered. */
  knownDocument(query: string): DocumentNode | undefined {
    return this.known.get(query);
  }

  private read(query: string): DocumentNode {
    const document = parse(query, { maxTokens: this.config.maxQueryTokens });
    forgetComments(document);
    this.assertSize(sizeOf(document), fragmentsIn(document));
    const repeated = repeatedField(document, this.once);
    if (repeated) {
      throw new AppError('BAD_USER_INPUT', `${repeated} may stand once in an operation, aliases included.`);
    }
    if (mayLackRootField(document)) {
      throw new AppError('BAD_USER_INPUT', 'The field of a subscription takes no @skip and no @include.');
    }
    this.known.set(query, document, document);
    return document;
  }

  private assertSize(size: DocumentSize, fragments: number): void {
    const { maxQueryDepth, maxQueryAliases, maxQueryDirectives, maxQueryFragments } = this.config;
    const bounds: ReadonlyArray<[what: string, found: number, maximum: number]> = [
      ['levels of fields', size.depth, maxQueryDepth],
      ['levels of introspection', size.introspectionDepth, INTROSPECTION_DEPTH],
      ['aliases', size.aliases, maxQueryAliases],
      ['directives', size.directives, maxQueryDirectives],
      ['fragments', fragments, maxQueryFragments],
      ['fields __schema', size.schemas, SCHEMAS],
      ['fields __type', size.types, TYPES],
      ['aliases in introspection', size.introspectionAliases, INTROSPECTION_ALIASES],
    ];
    for (const [what, found, maximum] of bounds) {
      if (found <= maximum) continue;
      throw new AppError('BAD_USER_INPUT', `The document has ${found} ${what}; ${maximum} are allowed.`);
    }
  }
}
