import type { Tx } from '../../../kernel/unit-of-work.js';
import { type BurstRequest, queueBursts, queueMail } from '../../mail/index.js';
import type { Notification } from '../notification.entity.js';
import { readWishes } from '../preferences/preference.reads.js';
import { type BurstKind, burstKeyOf, isBurst } from './mail.rules.js';
import { notificationMailsPart, waitOf } from './mail.settings.js';

/**
 * Queues mails for what is about to be put into inboxes, where its readers want them. What they want is asked once for
 * all of them. The inboxes' heads are locked before: who tells one reader of two things at once does so one by one.
 */
export async function queueMailsFor(tx: Tx, entries: readonly Notification[]): Promise<void> {
  if (entries.length === 0) return;
  const wishes = await readWishes(tx, [...new Set(entries.map(({ user }) => user.id))]);
  const bursts: BurstRequest[] = [];
  for (const entry of entries) {
    const { id, kind, user } = entry;
    if (!wishes.mails(user.id, kind)) continue;
    if (isBurst(kind)) bursts.push(burstOf(tx, kind, entry));
    else queueMail(tx, { kind, recipientId: user.id, data: { notificationId: id } });
  }
  await queueBursts(tx, bursts);
}

function burstOf(tx: Tx, kind: BurstKind, { user, negotiation, sequence }: Notification): BurstRequest {
  return {
    kind,
    recipientId: user.id,
    key: burstKeyOf(kind, user.id, negotiation?.id ?? null),
    from: sequence,
    delayMs: waitOf(tx.parts.get(notificationMailsPart), kind),
    data: negotiation ? { negotiationId: negotiation.id } : {},
  };
}
