import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { ReadReceipt, TypingIndicator } from './chat.payloads.js';
import { followReceipts } from './receipts.live.js';
import { followTyping } from './typing.live.js';

@Resolver()
export class ChatSubscriptions {
  @Subscription(() => ReadReceipt, {
    description:
      'How far each side has read, to the parties: first both as they are, then each that moves, forwards only. Marks ' +
      'that follow each other fast are told as one. It needs no resuming: begin anew.',
    subscribe: ({ args, context }) => followReceipts(context as Ctx, args.negotiationId as string),
  })
  negotiationRead(
    @Arg('negotiationId', () => ID, { description: 'Which one.' }) _negotiationId: string,
    @Root() receipt: ReadReceipt,
  ): ReadReceipt {
    return receipt;
  }

  @Subscription(() => TypingIndicator, {
    description:
      'Whether the other side is writing, to the parties: told when it begins and when it leaves off, not while it goes ' +
      'on. It has left off when it says so, when it sends something, or 6 seconds after its last sign. Never stored, never ' +
      'replayed: who subscribes meanwhile is told with the next sign.',
    subscribe: ({ args, context }) => followTyping(context as Ctx, args.negotiationId as string),
  })
  typing(
    @Arg('negotiationId', () => ID, { description: 'Which one.' }) _negotiationId: string,
    @Root() indicator: TypingIndicator,
  ): TypingIndicator {
    return indicator;
  }
}
