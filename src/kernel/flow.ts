/**
 * A source of a subscription that needs no promise while it waits: on a node with thousands of subscribers nearly all of
 * them wait for something nearly all of the time.
 */
export interface Flow<T> extends AsyncIterableIterator<T> {
  /** What comes next, if it is there. @throws what went wrong; who asks again tries again. */
  take(): T | undefined;
  /** Nothing comes any more. */
  readonly isOver: boolean;
  /** Calls `wake` once: when there may be something to take, or nothing comes any more. */
  whenReady(wake: () => void): void;
  return(): Promise<IteratorResult<T>>;
}

/** A flow as everybody else sees it: iterated over. `take` and `whenReady` are all that it takes. */
export abstract class IteratedFlow<T> implements Flow<T> {
  abstract readonly isOver: boolean;
  abstract take(): T | undefined;
  abstract whenReady(wake: () => void): void;
  /** Ends it; safe to call twice. */
  protected abstract end(): void;

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T>> {
    for (;;) {
      const value = this.take();
      if (value !== undefined) return { value, done: false };
      if (this.isOver) return { value: undefined, done: true };
      await new Promise<void>((resolve) => this.whenReady(resolve));
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.end();
    return { value: undefined, done: true };
  }

  async throw(error: unknown): Promise<IteratorResult<T>> {
    this.end();
    throw error;
  }
}

/** Any source as a flow. */
export function flowOf<T>(source: AsyncIterator<T>): Flow<T> {
  return source instanceof IteratedFlow ? source : new PulledFlow(source);
}

/** Pulls its source when it is asked to, one value at a time. */
class PulledFlow<T> extends IteratedFlow<T> {
  isOver = false;
  private pulled: { value: T } | { error: unknown } | null = null;
  private isPulling = false;
  private wake: (() => void) | null = null;

  constructor(private readonly source: AsyncIterator<T>) {
    super();
  }

  take(): T | undefined {
    const { pulled } = this;
    this.pulled = null;
    if (pulled && 'error' in pulled) throw pulled.error;
    if (pulled) return pulled.value;
    if (!this.isOver && !this.isPulling) void this.pull();
    return undefined;
  }

  whenReady(wake: () => void): void {
    this.wake = wake;
    if (this.isOver || this.pulled) this.ring();
  }

  protected end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.pulled = null;
    // What fails in ending was of no use to anybody.
    void Promise.resolve(this.source.return?.()).catch(() => undefined);
    this.ring();
  }

  private async pull(): Promise<void> {
    this.isPulling = true;
    try {
      const { value, done } = await this.source.next();
      if (done) this.end();
      else if (!this.isOver) this.pulled = { value };
    } catch (error) {
      if (!this.isOver) this.pulled = { error };
    }
    this.isPulling = false;
    this.ring();
  }

  private ring(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }
}
