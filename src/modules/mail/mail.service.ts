import { v7 as uuidv7 } from 'uuid';
import { mailTemplatesPart } from '../../kernel/mail.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { Mail } from './mail.entity.js';

export interface MailRequest {
  /** A template has this kind. */
  readonly kind: string;
  /** Null: nobody, as where an address is unknown and that must not show. It is settled unsent. */
  readonly recipientId: string | null;
  /** What the template needs to know of the occasion, without secrets. */
  readonly data?: Record<string, string>;
}

/**
 * Queues a mail in the transaction of its cause: it is sent if and only if that is committed, soon after.
 * @throws Error for a kind that no room writes.
 */
export function queueMail(tx: Tx, { kind, recipientId, data = {} }: MailRequest): void {
  if (!tx.parts.get(mailTemplatesPart).some((template) => template.kind === kind)) {
    throw new Error(`No template for mails of kind ${kind}`);
  }
  const now = tx.clock.now();
  const times = { dueAt: now, createdAt: now, updatedAt: now };
  tx.em.create(Mail, { id: uuidv7(), kind, recipientId, data, ...times });
}

/** Deletes what an account was sent, or was to be sent. */
export async function forgetMailsOf(tx: Tx, recipientId: string): Promise<void> {
  await tx.em.nativeDelete(Mail, { recipientId });
}
