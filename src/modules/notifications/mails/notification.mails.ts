import type { Ctx } from '../../../kernel/context.js';
import type { MailTemplate, QueuedMail } from '../../../kernel/mail.js';
import { dollars } from '../../../kernel/money.js';
import { type Compose, isTimely, letterToAccount } from '../../accounts/index.js';
import type { Content } from '../../mail/index.js';
import { vehicleLabel } from '../../vehicles/index.js';
import type { NotificationKind } from '../notification.entity.js';
import { type AlertKind, alerted, alertedOfOne, newMessages } from '../notification.texts.js';
import { readWishes } from '../preferences/preference.reads.js';
import { allKinds } from '../preferences/preference.rules.js';
import { alertedVehicles, decisionStands, readUnread, type Unread, unreadMessages } from './mail.reads.js';
import { andMore, isBurst, quoted } from './mail.rules.js';
import { notificationMailsPart, waitOf } from './mail.settings.js';
import { unsubscribeUrlOf } from './unsubscribing.js';

/**
 * A mail for each kind of notification, written as things stand when it is sent. What the other side wrote stands in it
 * only where the address is proved to be the reader's; anybody can register with anybody's address.
 */
export const notificationMails: readonly MailTemplate[] = allKinds.map((kind) =>
  letterToAccount(kind, async (ctx, mail, to) => {
    if (!isTimely({ createdAt: firstDue(ctx, mail, kind) }, ctx.clock.now())) return null;
    const wishes = await readWishes(ctx, [to.id]);
    const content = wishes.mails(to.id, kind) ? await contentOf(kind)(ctx, mail, to) : null;
    return content && { ...content, unsubscribeUrl: unsubscribeUrlOf(ctx, { userId: to.id, kind }) };
  }),
);

/** What waited for more, as long as it was told to, is not late by that. */
function firstDue(ctx: Ctx, { createdAt }: QueuedMail, kind: NotificationKind): Date {
  return new Date(createdAt.getTime() + waitOf(ctx.parts.get(notificationMailsPart), kind));
}

function contentOf(kind: NotificationKind): Compose {
  if (!isBurst(kind)) return (ctx, mail, to) => tellOne(ctx, mail, kind, to.emailVerified);
  if (kind === 'MESSAGE_RECEIVED') return (ctx, mail, to) => tellMessages(ctx, mail, to.emailVerified);
  return (ctx, mail) => tellAlerts(ctx, mail, kind);
}

/** Kinds that ask for an answer to an offer: of none that has been given, or has become impossible. */
const ASKING: readonly NotificationKind[] = ['OFFER_RECEIVED', 'OFFER_COUNTERED', 'OFFER_EXPIRING'];
const DECISIONS: readonly NotificationKind[] = ['DEALER_VERIFIED', 'DEALER_REJECTED'];

async function tellOne(
  ctx: Ctx,
  mail: QueuedMail,
  kind: NotificationKind,
  isProved: boolean,
): Promise<Content | null> {
  const entry = await readUnread(ctx, mail);
  if (!entry) return null;
  if (ASKING.includes(kind) && !stillWaits(entry, ctx.clock.now())) return null;
  if (DECISIONS.includes(kind) && !(await decisionStands(ctx, mail))) return null;
  const words = isProved && entry.quote !== null ? [quoted(entry.quote)] : [];
  return { subject: entry.title, paragraphs: [entry.body, ...words], ...linkTo(ctx, entry) };
}

function stillWaits({ offerStatus, offerExpiresAt }: Unread, now: Date): boolean {
  return offerStatus === 'PENDING' && now.getTime() < Number(offerExpiresAt);
}

async function tellMessages(ctx: Ctx, mail: QueuedMail, isProved: boolean): Promise<Content | null> {
  const { listed, total } = await unreadMessages(ctx, mail);
  const [first] = listed;
  if (!first) return null;
  const words = listed.flatMap(({ quote }) => (quote === null ? [] : [quoted(quote)]));
  return {
    subject: newMessages(vehicleLabel(first), total),
    paragraphs: [first.body, ...(isProved ? [...words, ...andMore(total, listed.length)] : [])],
    ...linkTo(ctx, { negotiationId: mail.data.negotiationId ?? null, vehicleId: null }),
  };
}

/** What a search is called is not told: it is a text of whoever has registered with this address. */
async function tellAlerts(ctx: Ctx, mail: QueuedMail, kind: AlertKind): Promise<Content | null> {
  const { listed, total } = await alertedVehicles(ctx, mail, kind);
  const [first] = listed;
  if (!first) return null;
  const subject = alerted(kind, vehicleLabel(first), total);
  if (total === 1) {
    const paragraphs = [alertedOfOne(kind, vehicleLabel(first), first.askingPrice)];
    return { subject, paragraphs, ...linkTo(ctx, { negotiationId: null, vehicleId: first.id }) };
  }
  const lines = listed.map((vehicle) => `${vehicleLabel(vehicle)}: ${dollars(vehicle.askingPrice)}`);
  const url = `${ctx.parts.get(notificationMailsPart).webUrl}/notifications`;
  return {
    subject,
    paragraphs: [`${subject}:`, ...lines, ...andMore(total, listed.length)],
    action: { label: 'See them all', url },
  };
}

/** Into the marketplace's pages. */
function linkTo(
  ctx: Ctx,
  { negotiationId, vehicleId }: Pick<Unread, 'negotiationId' | 'vehicleId'>,
): Pick<Content, 'action'> {
  const { webUrl } = ctx.parts.get(notificationMailsPart);
  if (negotiationId !== null)
    return { action: { label: 'Open the negotiation', url: `${webUrl}/negotiations/${negotiationId}` } };
  if (vehicleId !== null)
    return { action: { label: 'See the vehicle', url: `${webUrl}/vehicles/${vehicleId}` } };
  return {};
}
