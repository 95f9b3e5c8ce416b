import { requireViewer } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { AppError } from '../../../kernel/errors.js';
import { readById } from '../../../kernel/reads.js';
import { leavesOf } from '../../../kernel/selection.js';
import { throttledBy } from '../../accounts/index.js';
import { placeOfParty } from '../deal.js';
import type { Negotiation } from '../negotiation.entity.js';
import { negotiationShape } from '../negotiation.shapes.js';
import { standingOf } from '../negotiation.standing.js';
import type { SetTypingInput } from './chat.inputs.js';
import { typingLimit } from './chat.limits.js';
import { typingTopic } from './chat.topics.js';

/** Tells the other side, over the bus alone: nothing is stored. */
export async function setTyping(ctx: Ctx, { negotiationId, typing }: SetTypingInput): Promise<void> {
  const viewer = requireViewer(ctx);
  await throttledBy(ctx, typingLimit, viewer.id);
  const { party } = await placeOfParty(ctx, viewer, negotiationId);
  const row = await readById<Negotiation>(ctx, negotiationShape, negotiationId, leavesOf('status'));
  const status = row && standingOf(row, ctx.clock.now()).status;
  if (status !== 'ACTIVE' && status !== 'ACCEPTED') {
    throw new AppError('NEGOTIATION_ENDED', 'There is nothing left to write about.');
  }
  ctx.bus.publish(typingTopic(negotiationId), { party, typing });
}
