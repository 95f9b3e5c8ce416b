import { requireViewer } from '../../../kernel/authorize.js';
import { type Ctx, partKey } from '../../../kernel/context.js';
import type { Bus, BusMessage } from '../../../kernel/ports.js';
import { placeOfParty } from '../deal.js';
import type { NegotiationParty } from '../negotiation.enums.js';
import type { TypingIndicator } from './chat.payloads.js';
import { typingTopic } from './chat.topics.js';

/** For how long after its last sign a side is taken to be writing, in milliseconds. */
export const TYPING_MS = 6_000;

/** The same figure, for tests to shorten: it is real time, whatever the clock says. */
export const typingMsPart = partKey<number>('negotiations.typing-ms');

/** What the other side does, as it does it. */
export async function followTyping(
  ctx: Ctx,
  negotiationId: string,
): Promise<AsyncIterableIterator<TypingIndicator>> {
  const { party } = await placeOfParty(ctx, requireViewer(ctx), negotiationId);
  const other = party === 'BUYER' ? 'DEALER' : 'BUYER';
  return new TypingFollower(ctx.bus, negotiationId, other, ctx.parts.get(typingMsPart));
}

/**
 * Whether a side is writing, told each time that it changes. Signs go out of themselves: each follower keeps its own
 * time, so that nobody has to say, or could fail to say, that a side has fallen silent.
 */
export class TypingFollower implements AsyncIterableIterator<TypingIndicator> {
  private isTyping = false;
  private isToldTyping = false;
  private isOver = false;
  private silence: NodeJS.Timeout | undefined;
  private wake: (() => void) | null = null;
  private readonly unsubscribe: () => void;

  constructor(
    bus: Bus,
    private readonly negotiationId: string,
    private readonly party: NegotiationParty,
    private readonly typingMs: number,
  ) {
    this.unsubscribe = bus.subscribe(typingTopic(negotiationId), (message) => this.hear(message));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<TypingIndicator>> {
    while (!this.isOver) {
      if (this.isTyping !== this.isToldTyping) {
        const { negotiationId, party, isTyping: typing } = this;
        this.isToldTyping = typing;
        return { value: { negotiationId, party, typing }, done: false };
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<TypingIndicator>> {
    this.isOver = true;
    this.unsubscribe();
    this.set(false);
    return { value: undefined, done: true };
  }

  async throw(error: unknown): Promise<IteratorResult<TypingIndicator>> {
    await this.return();
    throw error;
  }

  private hear({ party, typing }: BusMessage): void {
    if (party === this.party) this.set(typing === true);
  }

  private set(isTyping: boolean): void {
    clearTimeout(this.silence);
    this.isTyping = isTyping;
    if (isTyping) this.silence = setTimeout(() => this.set(false), this.typingMs).unref();
    this.wake?.();
    this.wake = null;
  }
}
