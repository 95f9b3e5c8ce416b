import { type Ctx, partKey } from './context.js';
import { withoutDeadline } from './deadline.js';
import { badInput } from './errors.js';
import { type Flow, IteratedFlow } from './flow.js';
import type { Bus, Logger } from './ports.js';
import type { StreamFigures } from './stream-figures.js';
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
  /** Where it is counted what is done. */
  readonly figures?: StreamFigures;
}

export const streamHubPart = partKey<StreamHub>('streamHub');

/**
 * Follows a stream for a subscription: what came after `after`, or only what comes next. A follower that is too slow
 * has its socket closed. @throws AppError BAD_USER_INPUT for a number below 0, or beyond the stream's end.
 */
export async function followStream<E extends StreamEntry>(
  ctx: Ctx,
  kind: StreamKind<E>,
  id: string,
  after: number | null | undefined,
): Promise<Flow<E>> {
  assertPlace(after);
  const hub = ctx.parts.get(streamHubPart);
  // A follower lives as long as its subscription, and must not keep the context, with all that it has read, as long.
  const { cutOff } = ctx;
  const onCutOff = () => cutOff('Too slow: connect again and resume with after');
  return after ? hub.resume(kind, id, after, onCutOff) : hub.follow(kind, id, after ?? null, onCutOff);
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
  ): Follower<E> {
    const topic = streamTopic(kind, id);
    let stream = this.streams.get(topic) as FollowedStream<E> | undefined;
    if (!stream) {
      stream = new FollowedStream(kind, id, this.options, () => this.streams.delete(topic));
      this.streams.set(topic, stream as unknown as FollowedStream<StreamEntry>);
    }
    return new Follower(stream, after, this.options.queueLimit, () => {
      if (this.options.figures) this.options.figures.cutOff += 1;
      onCutOff();
    });
  }

  /**
   * Follows from a place that a client has seen. One that the stream has not reached was lost with a database that was
   * restored: its number, and those up to it, will be given to other entries, which such a follower would never be told of.
   * @throws AppError BAD_USER_INPUT
   */
  async resume<E extends StreamEntry>(
    kind: StreamKind<E>,
    id: string,
    after: number,
    onCutOff: () => void,
  ): Promise<Flow<E>> {
    const follower = this.follow(kind, id, after, onCutOff);
    try {
      if (await follower.isWithinStream()) return follower;
    } catch (error) {
      await follower.return();
      throw error;
    }
    await follower.return();
    throw badInput({
      after: ['This is beyond the last number: read anew what you show, and go on from there.'],
    });
  }

  /** How many streams are followed; for metrics and tests. */
  get size(): number {
    return this.streams.size;
  }

  /** How many follow them; for metrics. */
  get followers(): number {
    let count = 0;
    for (const stream of this.streams.values()) count += stream.size;
    return count;
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
          for (const stream of page) stream.healTo(heads.get(stream.id) ?? 0);
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

  get size(): number {
    return this.members.size;
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

  /** Whether there is an entry of this number. */
  async hasReached(place: number): Promise<boolean> {
    await this.open();
    if (this.head !== null && place <= this.head) return true;
    // This node may not have heard of it yet, and the head may have been read before it was written. But who has seen an
    // entry saw it committed, and so does a read that begins only now.
    const heads = await this.kind.heads(this.options.makeCtx(), [this.id]);
    const last = heads.get(this.id) ?? 0;
    this.advanceTo(last);
    return place <= last;
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

  /** The database has told the head. */
  healTo(sequence: number): void {
    const { figures } = this.options;
    if (figures && this.head !== null)
      figures.healed += Math.max(0, sequence - Math.max(this.wanted, this.head));
    this.advanceTo(sequence);
  }

  private async pump(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    let isBurst = false;
    try {
      while (this.head !== null && this.wanted > this.head && this.members.size > 0) {
        const entries = await this.read(this.head);
        // An announcement of what is not there to be read yet (a lagging replica): the next hint or poll looks again.
        if (entries.length === 0) this.wanted = this.head;
        this.head = entries.at(-1)?.sequence ?? this.head;
        this.options.figures?.page(this.kind.name, entries, this.level.size);
        for (const follower of this.level) follower.offer(entries, isBurst);
        isBurst = true;
      }
    } catch (error) {
      this.wanted = this.head ?? 0;
      this.options.log.warn({ err: error, stream: this.id }, 'a followed stream could not be read');
    } finally {
      this.reading = false;
    }
  }
}

/** One subscription's place in a stream. */
class Follower<E extends StreamEntry> extends IteratedFlow<E> {
  isOver = false;
  private position: number | null;
  private queue: E[] = [];
  private isLevel = false;
  private isReading = false;
  /** Something was taken since a page came last. */
  private hasMoved = true;
  private failure: { readonly error: unknown } | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly stream: FollowedStream<E>,
    after: number | null,
    private readonly queueLimit: number,
    private readonly onCutOff: () => void,
  ) {
    super();
    this.position = after;
    stream.enter(this);
    // "From now on" means from the subscription, not from the first pull.
    if (after === null)
      void stream
        .open()
        .catch(() => undefined)
        .then(() => this.beginAtHead());
  }

  /** Before anything is taken: whether the entry that it begins after is there. */
  isWithinStream(): Promise<boolean> {
    return this.stream.hasReached(this.position ?? 0);
  }

  take(): E | undefined {
    const { failure } = this;
    this.failure = null;
    if (failure) throw failure.error;
    for (;;) {
      const entry = this.queue.shift();
      if (!entry) break;
      this.hasMoved = true;
      if (this.position !== null && entry.sequence <= this.position) continue;
      this.position = entry.sequence;
      return entry;
    }
    if (!this.isLevel && !this.isOver && !this.isReading) void this.catchUp();
    return undefined;
  }

  whenReady(wake: () => void): void {
    this.wake = wake;
    if (this.queue.length > 0 || this.failure || this.isOver) this.ring();
  }

  /**
   * Takes in a page of what is new. Who has no room for it is not slow where it has come on since the last one, or where
   * more than a page comes at once, as when the bus was away: it reads for itself until it is level again. Who has no room
   * and has not moved is cut off.
   */
  offer(entries: readonly E[], isBurst: boolean): void {
    if (this.queue.length + entries.length <= this.queueLimit) {
      for (const entry of entries) this.queue.push(entry);
      this.hasMoved = false;
      this.ring();
    } else if (isBurst || this.hasMoved) {
      this.isLevel = false;
      this.stream.dropBack(this);
    } else {
      // In this order: who hears of the end is to find the socket closed.
      this.onCutOff();
      this.end();
    }
  }

  protected end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.queue = [];
    this.failure = null;
    this.stream.leave(this);
    this.ring();
  }

  private ring(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  private async catchUp(): Promise<void> {
    this.isReading = true;
    try {
      await this.readOn();
    } catch (error) {
      if (!this.isOver) this.failure = { error };
    }
    this.isReading = false;
    // Also where nothing has come of it: whoever waits asks again.
    if (!this.isLevel || this.queue.length > 0) this.ring();
  }

  private async readOn(): Promise<void> {
    await this.stream.open();
    this.beginAtHead();
    if (this.isLevel || this.isOver) return;
    const position = this.position ?? 0;
    if (this.stream.levelWith(this, position)) {
      this.isLevel = true;
      return;
    }
    const entries = await this.stream.read(position);
    if (this.isOver) return;
    this.queue.push(...entries);
    // A head that runs ahead of what can be read: let the poll or the next announcement settle it.
    if (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  private beginAtHead(): void {
    if (this.position !== null || this.isOver || this.stream.head === null) return;
    this.position = this.stream.head;
    this.isLevel = this.stream.levelWith(this, this.position);
  }
}
