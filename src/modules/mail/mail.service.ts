import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../../kernel/unit-of-work.js';
import { Mail } from './mail.entity.js';

/**
 * Queues a mail in the transaction of its cause: it is sent if and only if that is committed, soon after. `data` is
 * what the template of this kind needs to know of the occasion, without secrets.
 */
export function queueMail(
  tx: Tx,
  {
    kind,
    recipientId,
    data = {},
  }: { kind: string; recipientId: string | null; data?: Record<string, string> },
): void {
  const now = tx.clock.now();
  tx.em.create(Mail, {
    id: uuidv7(),
    kind,
    recipientId,
    data,
    dueAt: now,
    createdAt: now,
    updatedAt: now,
  });
}

/** Deletes what an account was sent, or was to be sent. */
export async function forgetMailsOf(tx: Tx, recipientId: string): Promise<void> {
  await tx.em.nativeDelete(Mail, { recipientId });
}
