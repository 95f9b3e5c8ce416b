import { type ExecutionResult, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Ctx } from '../../kernel/context.js';
import { type Flow, flowOf } from '../../kernel/flow.js';
import { type Caller, makeContext } from '../context.js';
import { watchedLive } from '../eyes/live-operations.js';
import { asGraphQLError, executeLive, type LiveOperation, openSource } from '../live-operations.js';
import { complete, failed, next } from './frames.js';
import type { SocketHouse } from './house.js';
import type { Line } from './line.js';
import { errorsTold, payloadOf } from './requests.js';
import type { Hearer } from './shared-answers.js';
import type { SharedOperation } from './shared-operations.js';

/** What an operation needs of its socket. */
export interface OperationSocket {
  readonly house: SocketHouse;
  readonly line: Line;
  /** There is one wherever there is an operation. */
  readonly caller: Caller | null;
  readonly isOver: boolean;
  /** One more of its operations follows a source. */
  follow(): void;
  letGo(): void;
  forget(operation: SocketOperation): void;
}

/**
 * An operation on a socket, from the message that asks for it until nothing of it runs any more. One that follows a source
 * is nothing but this object while it waits: no promise, no context, no text of its document.
 */
export class SocketOperation implements Hearer {
  /** Ended by its client, with its socket, or by itself: nothing more is sent of it. */
  private isEnded = false;
  private flow: Flow<unknown> | null = null;
  private shared: SharedOperation | null = null;
  /** An event is being answered, or its answer is not on the line yet: the next one waits in the flow. */
  private isBusy = false;

  constructor(
    private readonly socket: OperationSocket,
    readonly id: string,
    readonly requestId: string,
  ) {}

  get caller(): Caller {
    return this.socket.caller as Caller;
  }

  /** Answers it, or begins to follow what it subscribes to. */
  async begin(payload: SubscribePayload): Promise<void> {
    const operation = await this.socket.house.read(payload);
    if (!('document' in operation)) return this.refuse(operation);
    // The client may have left while the document was read; nothing would end what it began then.
    if (this.socket.isOver) return;
    const asked = getOperationAST(operation.document, operation.operationName);
    if (!asked) return this.refuse([new GraphQLError('The document has no operation of this name.')]);
    if (asked.operation === OperationTypeNode.SUBSCRIPTION) await this.subscribe(operation);
    else await this.execute(operation);
  }

  /** Ends it without another word. */
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.socket.forget(this);
    const { flow, shared } = this;
    this.flow = null;
    if (!flow || !shared) return;
    this.socket.letGo();
    this.socket.house.shared.leave(shared);
    void flow.return();
  }

  hear(payload: Buffer): void {
    if (this.isEnded) return;
    // What cannot be sent was the last: its socket closes, and ends it.
    if (this.socket.line.send(next(this.id, payload), this.goOn)) this.socket.house.delivered += 1;
  }

  private async execute(operation: LiveOperation): Promise<void> {
    const { eyes, config } = this.socket.house.composed;
    const run = () => executeLive(operation, this.contexts(), config.operationTimeoutMs);
    this.answer(await watchedLive(eyes, operation, run));
  }

  private async subscribe(operation: LiveOperation): Promise<void> {
    const { shared, composed } = this.socket.house;
    const { eyes, config } = composed;
    const run = () => openSource(operation, this.contexts(), config.operationTimeoutMs);
    const source = await watchedLive(eyes, operation, run);
    if (!('next' in source)) return this.answer(source);
    if (this.isEnded) return void source.return?.();
    this.shared = shared.enter(operation);
    this.flow = flowOf(source);
    this.socket.follow();
    this.advance();
  }

  /** Each with a unit of work of its own. */
  private contexts(): () => Ctx {
    const { services, orm } = this.socket.house.composed;
    return () => makeContext(services, orm, { ...this.caller, requestId: this.requestId });
  }

  /** What was sent is on the line, or there is something new. */
  private readonly goOn = (): void => {
    this.isBusy = false;
    this.advance();
  };

  private advance(): void {
    const { flow, shared } = this;
    if (this.isBusy || !flow || !shared) return;
    try {
      const event = flow.take();
      if (event !== undefined) {
        this.isBusy = true;
        shared.tell(event, this);
      } else if (flow.isOver) this.finish(complete(this.id));
      else flow.whenReady(this.goOn);
    } catch (error) {
      this.refuse([asGraphQLError(error)]);
    }
  }

  private answer(result: ExecutionResult): void {
    const payload = payloadOf(result, this.socket.house.composed, this.requestId);
    if (!this.isEnded) this.socket.line.send(next(this.id, payload));
    this.finish(complete(this.id));
  }

  private refuse(errors: readonly GraphQLError[]): void {
    this.finish(failed(this.id, errorsTold(errors, this.socket.house.composed, this.requestId)));
  }

  private finish(lastWord: string): void {
    if (!this.isEnded) this.socket.line.send(lastWord);
    this.end();
  }
}
