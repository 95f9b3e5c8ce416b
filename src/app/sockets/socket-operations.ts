import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import type { OperationResult, SubscribePayload } from 'graphql-ws';
import type { Composed } from '../compose.js';
import type { Caller } from '../context.js';
import type { DocumentReader } from '../document-reader.js';
import {
  executeLive,
  type Live,
  type LiveArgs,
  liveOf,
  type Source,
  subscribeLive,
} from '../live-operations.js';

interface Operation extends Live {
  readonly of: SocketOperations;
}

/** The operations of one socket, each counted from the message that asks for it until nothing of it runs any more. */
export class SocketOperations {
  private readonly sources = new Set<Source>();
  /** Asked for, and neither answered nor following a source yet. */
  private starting = 0;
  private isOver = false;

  get count(): number {
    return this.starting + this.sources.size;
  }

  /** Checks a document and gives its operation what it carries; a fault is told and the socket stays open. */
  async begin(payload: SubscribePayload, caller: Caller, read: DocumentReader, composed: Composed) {
    this.starting += 1;
    const args = await read(payload);
    const faults = this.faultsOf(args);
    if (faults || !('document' in args)) {
      this.starting -= 1;
      return faults;
    }
    const contextValue: Operation = { ...liveOf(composed, caller, this.sources), of: this };
    return { ...args, contextValue };
  }

  private faultsOf(args: Awaited<ReturnType<DocumentReader>>): readonly GraphQLError[] | undefined {
    if (!('document' in args)) return args;
    // The client may have left while the document was read; nothing would end what it began then.
    if (this.isOver) return [new GraphQLError('The socket is closed.')];
    // graphql-ws would refuse it too, but tell nobody that it never began.
    if (getOperationAST(args.document, args.operationName)) return undefined;
    return [new GraphQLError('The document has no operation of this name.')];
  }

  /** graphql-ws forgets an operation whose id is used again before it has begun: so all end with the socket. */
  end(): void {
    this.isOver = true;
    for (const source of this.sources) void source.return?.();
  }

  async start<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.starting -= 1;
    }
  }
}

/** What graphql-ws does with what `begin` has made. */
export const running = {
  execute: (args: ExecutionArgs): Promise<ExecutionResult> =>
    operationsOf(args).start(() => executeLive(args as LiveArgs)),
  subscribe: (args: ExecutionArgs): OperationResult =>
    operationsOf(args).start(() => subscribeLive(args as LiveArgs)),
};

function operationsOf(args: ExecutionArgs): SocketOperations {
  return (args.contextValue as Operation).of;
}
