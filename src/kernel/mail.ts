import { type Ctx, partKey } from './context.js';
import type { Letter } from './ports.js';

/** What waits to be sent: neither the address nor the text, both are found when it is sent. */
export interface QueuedMail {
  readonly id: string;
  readonly kind: string;
  /** The account that it is for; null where there is none, and nothing will be sent. */
  readonly recipientId: string | null;
  /** What the template needs to know of the occasion: plain JSON, without secrets. */
  readonly data: Readonly<Record<string, string>>;
  /** Of a mail that tells of many things at once: what they have in common, and the number of the first of them. */
  readonly burstKey: string | null;
  readonly burstFrom: number | null;
  /** When its cause was. */
  readonly createdAt: Date;
}

/** How a room writes one kind of mail. */
export interface MailTemplate {
  readonly kind: string;
  /**
   * Writes the letter as things stand when it is sent, or null where it no longer has a point: the account is gone,
   * the address is verified already, the request is too old. Called again for each attempt.
   */
  readonly compose: (ctx: Ctx, mail: QueuedMail) => Promise<Omit<Letter, 'id'> | null>;
}

/** The templates of all rooms, put there by the composition root. */
export const mailTemplatesPart = partKey<readonly MailTemplate[]>('mail-templates');
