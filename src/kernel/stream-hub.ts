import { type Ctx, partKey } from './context.js';
import { withoutDeadline } from './deadline.js';
import { badInput } from './errors.js';
import type { Bus, Logger } from './ports.js';
import { type StreamEntry, type StreamKind, streamTopic } from './streams.js';

export interface HubOptions {
  /** Entries that may wait for one slow follower before it is cut off. */
  readonly queueLimit: number;
  /** How often the heads of followed streams are compared with the database, in milliseconds. */
  readonly pollMs: number;
  readonly log: Logger;
  readonly bus: Bus;
  /** A context with a fork of its own for each read. */
  readonly makeCtx: () => Ctx;
}

export const streamHubPart = partKey<StreamHub>('streamHub');

/**
 * Follows a stream for a subscription: what came after `after`, or only what comes next. A follower that is too slow
 * has its socket closed. @throws AppError BAD_USER_INPUT for a number below 0.
 */
export function followStream<E extends StreamEntry>(
  ctx: Ctx,
  kind: StreamKind<E>,
  id: string,
  after: number | null | undefined,
): AsyncIterableIterator<E> {
  assertPlace(after);
  const cutOff = () => ctx.cutOff('Too slow: connect again and resume with after');
  return ctx.parts.get(streamHubPart).follow(kind, id, after ?? null, cutOff);
}

/** BAD_USER_INPUT for what no place in a stream can be. */
export function assertPlace(after: number | null | undefined): void {
  if (after != null && after < 0)
    throw badInput({ after: ['Ensure this value is greater than or equal to 0.'] });
}

const READ_PAGE = 100;
const HEADS_PAGE = 500;

/**
 * Follows streams for the subscriptions of this node. The bus only says where to look; what is handed on was read
 * from the database, from 1 to n, each once and in order. A stream is read once for all who are level with it.
 */
export class StreamHub {
  private readonly streams = new Map<string, FollowedStream<StreamEntry>>();
  private timer: NodeJS.Timeout | null = null;
  private polling: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: HubOptions) {}

  start(): void {
    this.schedulePoll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    for (const stream of this.streams.values()) stream.endAll();
    await this.polling;
  }

  /**
   * The entries of a stream after a number, first what is stored, then live, without end.
   * `after: null` begins with what comes next. `onCutOff` is called when the follower was too slow and has lost its place.
   */
  follow<E extends StreamEntry>(
    kind: StreamKind<E>,
    id: string,
    after: number | null,
    onCutOff: () => void,
  ): AsyncIterableIterator<E> {
    const topic = streamTopic(kind, id);
    let stream = this.streams.get(topic) as FollowedStream<E> | undefined;
    if (!stream) {
      stream = new FollowedStream(kind, id, this.options, () => this.streams.delete(topic));
      this.streams.set(topic, stream as unknown as FollowedStream<StreamEntry>);
    }
    return new Follower(stream, after, this.options.queueLimit, onCutOff);
  }

  /** How many streams are followed; for metrics and tests. */
  get size(): number {
    return this.streams.size;
  }

  private schedulePoll(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.polling = this.poll().finally(() => this.schedulePoll());
    }, this.options.pollMs);
    this.timer.unref();
  }

  /** Heals what a lost announcement left behind: one statement for each 500 streams of a kind. */
  private async poll(): Promise<void> {
    const byKind = new Map<StreamKind, FollowedStream<StreamEntry>[]>();
    for (const stream of this.streams.values()) {
      const same = byKind.get(stream.kind) ?? [];
      byKind.set(stream.kind, same);
      same.push(stream);
    }
    for (const [kind, streams] of byKind) {
      for (let at = 0; at < streams.length; at += HEADS_PAGE) {
        const page = streams.slice(at, at + HEADS_PAGE);
        try {
          const heads = await kind.heads(
            this.options.makeCtx(),
            page.map((stream) => stream.id),
          );
          for (const stream of page) stream.advanceTo(heads.get(stream.id) ?? 0);
        } catch (error) {
          this.options.log.warn(
            { err: error, kind: kind.name },
            'the heads of followed streams could not be read',
          );
        }
      }
    }
  }
}

/** One stream and those who follow it on this node. */
class FollowedStream<E extends StreamEntry> {
  /** The last entry handed to the followers that are level; null until the database has told it. */
  head: number | null = null;
  private wanted = 0;
  private reading = false;
  private readonly level = new Set<Follower<E>>();
  private readonly members = new Set<Follower<E>>();
  private readonly unsubscribe: () => void;
  private opening: Promise<void> | null = null;
  /** No page is longer than what may wait for a follower: one page takes nobody for slow. */
  private readonly pageSize: number;

  constructor(
    readonly kind: StreamKind<E>,
    readonly id: string,
    private readonly options: HubOptions,
    private readonly onEmpty: () => void,
  ) {
    this.pageSize = Math.min(READ_PAGE, options.queueLimit);
    // Listening begins before the head is read, so that no announcement falls between the two.
    this.unsubscribe = options.bus.subscribe(streamTopic(kind, id), (message) => {
      if (typeof message.sequence === 'number') this.advanceTo(message.sequence);
    });
  }

  enter(follower: Follower<E>): void {
    this.members.add(follower);
  }

  leave(follower: Follower<E>): void {
    this.level.delete(follower);
    if (!this.members.delete(follower) || this.members.size > 0) return;
    this.unsubscribe();
    this.onEmpty();
  }

  endAll(): void {
    for (const follower of [...this.members]) void follower.return();
  }

  /** Makes sure that the head is known. A failure is told to who asked and tried again by who asks next. */
  async open(): Promise<void> {
    if (this.head !== null) return;
    // Whoever comes first reads for all who come meanwhile.
    this.opening ??= withoutDeadline(() => this.kind.heads(this.options.makeCtx(), [this.id]))
      .then((heads) => {
        this.head ??= heads.get(this.id) ?? 0;
      })
      .finally(() => {
        this.opening = null;
      });
    await this.opening;
    if (this.wanted > (this.head ?? 0)) void this.pump();
  }

  /** True if the follower has seen all that the level ones have; it is one of them from now on. */
  levelWith(follower: Follower<E>, position: number): boolean {
    if (this.head === null || position < this.head) return false;
    this.level.add(follower);
    return true;
  }

  /** It goes on by reads of its own, until it is level again. */
  dropBack(follower: Follower<E>): void {
    this.level.delete(follower);
  }

  read(after: number): Promise<E[]> {
    return withoutDeadline(() => this.kind.read(this.options.makeCtx(), this.id, after, this.pageSize));
  }

  advanceTo(sequence: number): void {
    if (sequence > this.wanted) this.wanted = sequence;
    if (this.head !== null && this.wanted > this.head) void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    let wasFull = false;
    try {
      while (this.head !== null && this.wanted > this.head && this.members.size > 0) {
        const entries = await this.read(this.head);
        // An announcement of what is not there to be read yet (a lagging replica): the next hint or poll looks again.
        if (entries.length === 0) this.wanted = this.head;
        // More than a page at once, as when the bus was away: who still has the last one before it is not slow for that.
        if (wasFull) for (const follower of this.level) follower.dropBack();
        wasFull = entries.length === this.pageSize;
        for (const entry of entries) {
          this.head = entry.sequence;
          for (const follower of this.level) follower.push(entry);
        }
      }
    } catch (error) {
      this.wanted = this.head ?? 0;
      this.options.log.warn({ err: error, stream: this.id }, 'a followed stream could not be read');
    } finally {
      this.reading = false;
    }
  }
}

/** One subscription's place in a stream. A plain async generator could not be ended while it waits. */
class Follower<E extends StreamEntry> implements AsyncIterableIterator<E> {
  private position: number | null;
  private queue: E[] = [];
  private isLevel = false;
  private done = false;
  private wake: (() => void) | null = null;

  constructor(
    private readonly stream: FollowedStream<E>,
    after: number | null,
    private readonly queueLimit: number,
    private readonly onCutOff: () => void,
  ) {
    this.position = after;
    stream.enter(this);
    // "From now on" means from the subscription, not from the first pull.
    if (after === null)
      void stream
        .open()
        .catch(() => undefined)
        .then(() => this.beginAtHead());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<E>> {
    while (!this.done) {
      const entry = this.queue.shift();
      if (entry) {
        if (this.position !== null && entry.sequence <= this.position) continue;
        this.position = entry.sequence;
        return { value: entry, done: false };
      }
      if (this.isLevel) await new Promise<void>((resolve) => (this.wake = resolve));
      else await this.catchUp();
    }
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<E>> {
    this.done = true;
    this.queue = [];
    this.stream.leave(this);
    this.wake?.();
    return { value: undefined, done: true };
  }

  async throw(error: unknown): Promise<IteratorResult<E>> {
    await this.return();
    throw error;
  }

  dropBack(): void {
    if (this.queue.length === 0) return;
    this.isLevel = false;
    this.stream.dropBack(this);
  }

  push(entry: E): void {
    if (this.done) return;
    if (this.queue.length >= this.queueLimit) {
      void this.return();
      this.onCutOff();
      return;
    }
    this.queue.push(entry);
    this.wake?.();
    this.wake = null;
  }

  private async catchUp(): Promise<void> {
    await this.stream.open();
    this.beginAtHead();
    if (this.isLevel || this.done) return;
    const position = this.position ?? 0;
    if (this.stream.levelWith(this, position)) {
      this.isLevel = true;
      return;
    }
    const entries = await this.stream.read(position);
    this.queue.push(...entries);
    // A head that runs ahead of what can be read: let the poll or the next announcement settle it.
    if (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  private beginAtHead(): void {
    if (this.position !== null || this.done || this.stream.head === null) return;
    this.position = this.stream.head;
    this.isLevel = this.stream.levelWith(this, this.position);
  }
}
