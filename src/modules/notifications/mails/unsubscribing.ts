import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx } from '../../../kernel/context.js';
import type { NotificationKind } from '../notification.entity.js';
import { allKinds } from '../preferences/preference.rules.js';
import { notificationMailsPart } from './mail.settings.js';

export const UNSUBSCRIBE_PATH = '/notifications/unsubscribe/';

/** Whose mails of which kind a link switches off. It is good for ever: an old mail must be as easy to be rid of. */
export interface Unsubscribing {
  readonly userId: string;
  readonly kind: NotificationKind;
}

/** The link in a mail. It can do one thing, which can be undone; whoever gets hold of it can do no more. */
export function unsubscribeUrlOf(ctx: Pick<Ctx, 'parts'>, { userId, kind }: Unsubscribing): string {
  const { publicUrl, unsubscribing } = ctx.parts.get(notificationMailsPart);
  const token = `${userId}.${kind}.${unsubscribing.sign(`${userId}.${kind}`)}`;
  return `${publicUrl}/api/v1${UNSUBSCRIBE_PATH}?token=${token}`;
}

/** What a token stands for; null where we did not make it. */
export function readUnsubscribing(ctx: Pick<Ctx, 'parts'>, token: unknown): Unsubscribing | null {
  if (typeof token !== 'string') return null;
  const [userId = '', name = '', signature = '', ...rest] = token.split('.');
  const { unsubscribing } = ctx.parts.get(notificationMailsPart);
  if (rest.length > 0 || !unsubscribing.isSigned(`${userId}.${name}`, signature)) return null;
  const kind = allKinds.find((known) => known === name);
  return kind && isUuid(userId) ? { userId, kind } : null;
}
