import { requireViewer } from '../../kernel/authorize.js';
import { BusIterator } from '../../kernel/bus-iterator.js';
import type { Ctx } from '../../kernel/context.js';
import { AppError } from '../../kernel/errors.js';
import { readById } from '../../kernel/reads.js';
import { leavesOf } from '../../kernel/selection.js';
import { placeOfParty } from './deal.js';
import type { Negotiation } from './negotiation.entity.js';
import type { NegotiationParty } from './negotiation.enums.js';
import type { SetTypingInput } from './negotiation.inputs.js';
import type { TypingIndicator } from './negotiation.payloads.js';
import { negotiationShape } from './negotiation.shapes.js';
import { standingOf } from './negotiation.standing.js';

const topicOf = (negotiationId: string) => `typing:${negotiationId}`;

/** Tells the other side, over the bus alone: nothing is stored. */
export async function setTyping(ctx: Ctx, { negotiationId, typing }: SetTypingInput): Promise<void> {
  const { party } = await placeOfParty(ctx, requireViewer(ctx), negotiationId);
  const row = await readById<Negotiation>(ctx, negotiationShape, negotiationId, leavesOf('status'));
  const status = row && standingOf(row, ctx.clock.now()).status;
  if (status !== 'ACTIVE' && status !== 'ACCEPTED') {
    throw new AppError('NEGOTIATION_ENDED', 'There is nothing left to write about.');
  }
  ctx.bus.publish(topicOf(negotiationId), { party, typing });
}

/** What the other side does, as it does it. */
export async function followTyping(
  ctx: Ctx,
  negotiationId: string,
): Promise<AsyncIterableIterator<TypingIndicator>> {
  const { party } = await placeOfParty(ctx, requireViewer(ctx), negotiationId);
  const messages = new BusIterator(ctx.bus, topicOf(negotiationId));
  const indicators: AsyncIterableIterator<TypingIndicator> = {
    [Symbol.asyncIterator]: () => indicators,
    async next() {
      for (;;) {
        const { value, done } = await messages.next();
        if (done) return { value: undefined, done: true };
        if (value.party === party) continue;
        return {
          value: { negotiationId, party: value.party as NegotiationParty, typing: value.typing as boolean },
          done: false,
        };
      }
    },
    async return() {
      await messages.return();
      return { value: undefined, done: true };
    },
  };
  return indicators;
}
