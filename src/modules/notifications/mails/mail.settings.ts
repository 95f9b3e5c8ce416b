import { partKey } from '../../../kernel/context.js';
import type { Signer } from '../../../kernel/secrets.js';
import type { NotificationKind } from '../notification.entity.js';
import { isBurst } from './mail.rules.js';

/** What the notifications' mails are made with. */
export interface NotificationMails {
  /** Where the marketplace's own pages are, and the server itself. */
  readonly webUrl: string;
  readonly publicUrl: string;
  /** How long the first of several messages, or alerts, waits for the others. */
  readonly messageMailMs: number;
  readonly alertMailMs: number;
  /** Signs the links by which mails are switched off. */
  readonly unsubscribing: Signer;
}

export const notificationMailsPart = partKey<NotificationMails>('notifications.mails');

/** How long a mail of this kind waits for more to tell. */
export function waitOf(
  { messageMailMs, alertMailMs }: Pick<NotificationMails, 'messageMailMs' | 'alertMailMs'>,
  kind: NotificationKind,
): number {
  if (!isBurst(kind)) return 0;
  return kind === 'MESSAGE_RECEIVED' ? messageMailMs : alertMailMs;
}
