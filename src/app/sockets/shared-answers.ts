import type { Ctx } from '../../kernel/context.js';
import type { Composed } from '../compose.js';
import { type Caller, makeContext } from '../context.js';
import { watchedEvent } from '../eyes/live-operations.js';
import { executeLive, type LiveOperation } from '../live-operations.js';
import { payloadOf } from './requests.js';

/** Who waits for an answer. It never throws. */
export interface Hearer {
  readonly caller: Caller;
  readonly requestId: string;
  /** `payload`: a `next` message's, as JSON. */
  hear(payload: Buffer): void;
}

/** How many are told in one turn of the event loop: others are served in between. */
const AT_ONCE = 250;

/** For how long an answer is handed to those who come late to its event, because their lines are slow. */
const FRESH_MS = 1_000;

/** The answer to an event, for all of a kind who wait for it. Executed once, put into text once. */
class Answer {
  private payload: Buffer | null = null;
  private readonly waiting: Hearer[] = [];

  tell(hearer: Hearer): void {
    if (this.payload) hearer.hear(this.payload);
    else this.waiting.push(hearer);
  }

  settle(payload: Buffer, others: readonly Hearer[]): void {
    this.payload = payload;
    const hearers = [...this.waiting.splice(0), ...others];
    let told = 0;
    const tellSome = () => {
      for (const hearer of hearers.slice(told, told + AT_ONCE)) hearer.hear(payload);
      told += AT_ONCE;
      if (told < hearers.length) setImmediate(tellSome);
    };
    tellSome();
  }
}

/**
 * The answers to one event of one operation. Viewers who are equal have one answer. Those who differ have one as long as
 * nothing asks who they are: an execution that has not looked at its viewer would have gone the same way for any other.
 */
export class EventAnswers {
  private readonly byViewer = new Map<string, Answer>();
  private readonly others: Hearer[] = [];
  /** The first execution's, while it runs, and after it where it holds for everybody. */
  private common: Answer | null = null;
  private isCommonKnown = false;
  private readonly bornAt = performance.now();

  constructor(
    private readonly event: unknown,
    private readonly operation: LiveOperation,
    private readonly field: string,
    private readonly composed: Composed,
    /** Told, once and for all events to come, that the answer depends on who asks. */
    private readonly onViewerMatters: () => void,
    private viewerMatters: boolean,
  ) {}

  /** Whoever comes to the event only now is told how things stand now. */
  get isStale(): boolean {
    return performance.now() - this.bornAt > FRESH_MS;
  }

  tell(hearer: Hearer): void {
    const key = keyOf(hearer.caller);
    const equal = this.byViewer.get(key);
    if (equal) equal.tell(hearer);
    else if (this.viewerMatters || !this.common) this.ask(hearer, key);
    else if (this.isCommonKnown) this.common.tell(hearer);
    else this.others.push(hearer);
  }

  private ask(hearer: Hearer, key: string): void {
    const answer = new Answer();
    this.byViewer.set(key, answer);
    if (!this.viewerMatters) this.common = answer;
    answer.tell(hearer);
    void this.execute(hearer, answer);
  }

  private async execute({ caller, requestId }: Hearer, answer: Answer): Promise<void> {
    const { services, orm, config, eyes } = this.composed;
    let isAsked = false;
    const fresh = () =>
      watched(makeContext(services, orm, { ...caller, requestId }), () => {
        isAsked = true;
      });
    const result = await watchedEvent(eyes, this.field, () =>
      executeLive(this.operation, fresh, config.operationTimeoutMs, this.event),
    );
    const payload = payloadOf(result, this.composed, requestId);
    const others = answer === this.common ? this.others.splice(0) : [];
    if (answer === this.common) this.isCommonKnown = true;
    if (isAsked && !this.viewerMatters) {
      this.viewerMatters = true;
      this.onViewerMatters();
    }
    answer.settle(payload, isAsked ? [] : others);
    if (isAsked) for (const other of others) this.tell(other);
  }
}

/** Of one session and one role everything is equal that an answer can depend on; guests are all alike. */
function keyOf({ viewer }: Caller): string {
  return viewer ? `${viewer.sessionId} ${viewer.userType}` : '';
}

/** Tells when somebody looks at who asks. */
function watched(ctx: Ctx, onAsked: () => void): Ctx {
  for (const name of ['viewer', 'authError', 'ip', 'userAgent'] as const) {
    const value = ctx[name];
    const get = () => {
      onAsked();
      return value;
    };
    Object.defineProperty(ctx, name, { get, enumerable: true });
  }
  return ctx;
}
