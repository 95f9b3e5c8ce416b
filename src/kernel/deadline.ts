import { AsyncLocalStorage } from 'node:async_hooks';

const OUT_OF_TIME = 'OPERATION_OUT_OF_TIME';

/** The time of an operation is up: its answer is due, and nothing more of it may happen. */
export class OutOfTime extends Error {
  /** MikroORM makes errors of its own of those that come out of a statement, and keeps no more than such properties. */
  readonly code = OUT_OF_TIME;
  readonly statusCode = 503;

  constructor() {
    super('The operation took too long and was stopped.');
    this.name = 'OutOfTime';
  }
}

export function isOutOfTime(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === OUT_OF_TIME;
}

/**
 * How long an operation may take. It is about what the machine does, not about what the domain calls now: so it reads
 * the process's own clock.
 */
export class Deadline {
  private readonly listeners = new Set<() => void>();
  private dueAt: number;
  private timer: NodeJS.Timeout | undefined;
  private over = false;
  private stopped = false;
  private readonly leaving = new AbortController();

  constructor(ms: number) {
    this.dueAt = performance.now() + ms;
    this.timer = setTimeout(() => this.end(), ms);
  }

  /** A timer is late where something kept the process busy: so the clock is looked at too. */
  get isOver(): boolean {
    if (this.timer && performance.now() >= this.dueAt) this.end();
    return this.over;
  }

  /** Milliseconds until the time is up. */
  get msLeft(): number {
    return this.isOver ? 0 : this.dueAt - performance.now();
  }

  /** Gives the operation more time, for work that may take longer than others; none where its time is up already. */
  extend(ms: number): void {
    if (!this.timer || this.isOver) return;
    clearTimeout(this.timer);
    this.dueAt += ms;
    this.timer = setTimeout(() => this.end(), this.dueAt - performance.now());
  }

  /** Lets no more of the time pass until the returned function is called. */
  pause(): () => void {
    if (!this.timer || this.isOver) return () => undefined;
    const left = this.msLeft;
    this.clear();
    return () => {
      if (this.stopped) return;
      this.dueAt = performance.now() + left;
      this.timer = setTimeout(() => this.end(), left);
    };
  }

  /** Nobody waits for the answer any more. What is at work goes on; what does nothing but wait may end. */
  leave(): void {
    this.leaving.abort();
  }

  /** Aborted when nobody waits for the answer any more. */
  get gone(): AbortSignal {
    return this.leaving.signal;
  }

  /** @throws OutOfTime */
  check(): void {
    if (this.isOver) throw new OutOfTime();
  }

  /** Calls `listener` when the time is up, at once where it is, unless the returned function is called before. */
  whenOver(listener: () => void): () => void {
    if (this.isOver) {
      listener();
      return () => undefined;
    }
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The answer is there: what may still run of the operation is bound by nothing, unless its time was up already. */
  stop(): void {
    this.stopped = true;
    this.clear();
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private end(): void {
    this.stop();
    this.over = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}

const scope = new AsyncLocalStorage<Deadline | null>();

/** The deadline of the operation that asks; null in jobs and in what operations share. */
export function currentDeadline(): Deadline | null {
  return scope.getStore() ?? null;
}

/**
 * Runs an operation that may take so long. What it awaits and calls can see its deadline; statements are refused and
 * cancelled by it (platform/database/guarded.ts).
 */
export async function withDeadline<T>(ms: number, work: () => Promise<T> | T): Promise<T> {
  const deadline = new Deadline(ms);
  try {
    return await scope.run(deadline, async () => work());
  } finally {
    deadline.stop();
  }
}

/** Runs what outlives the operation that happens to set it off, or is done for many: the deadline of one must not end it. */
export function withoutDeadline<T>(work: () => T): T {
  return scope.run(null, work);
}

/**
 * Waits for what a client knows to take long, and wants to wait for: meanwhile the time of its operation stands still.
 * `work` has to end when the client has gone: nothing else would end it.
 */
export async function offTheClock<T>(work: (gone: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = currentDeadline();
  const gone = deadline?.gone ?? new AbortController().signal;
  const goOn = deadline?.pause();
  try {
    return await withoutDeadline(() => work(gone));
  } finally {
    goOn?.();
  }
}

/**
 * What comes of `work`, or OutOfTime at the deadline, and `graceMs` later, whatever `work` is still about: what comes of
 * it then goes unheard.
 */
export function inTime<T>(work: Promise<T>, graceMs = 0): Promise<T> {
  const deadline = currentDeadline();
  if (!deadline) return work;
  let grace: NodeJS.Timeout | undefined;
  let forget: () => void = () => undefined;
  const end = new Promise<never>((_resolve, reject) => {
    const refuse = () => reject(new OutOfTime());
    forget = deadline.whenOver(() => {
      if (graceMs === 0) refuse();
      else grace = setTimeout(refuse, graceMs);
    });
  });
  return Promise.race([work, end]).finally(() => {
    forget();
    clearTimeout(grace);
  });
}
