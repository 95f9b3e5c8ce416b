import type { NotificationKind } from '../notification.entity.js';

/** What comes in crowds: one mail tells of all that came while it waited. */
export const burstKinds = ['MESSAGE_RECEIVED', 'PRICE_DROP', 'SAVED_SEARCH_MATCH'] as const;
export type BurstKind = (typeof burstKinds)[number];

export function isBurst(kind: NotificationKind): kind is BurstKind {
  return (burstKinds as readonly NotificationKind[]).includes(kind);
}

/** Messages are gathered by their negotiation, alerts are not gathered by anything. */
export function burstKeyOf(kind: BurstKind, userId: string, negotiationId: string | null): string {
  return [kind, userId, ...(kind === 'MESSAGE_RECEIVED' && negotiationId ? [negotiationId] : [])].join(':');
}

/** What one mail lists; of more it tells how many there are. */
export const MAX_LISTED = 20;

/** In UTF-16 code units. Who wants to read all of a long message opens the negotiation. */
const MAX_QUOTE = 500;

/** Marks that turn the direction of what comes behind them around. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const QUOTATION_MARKS = /["“”„‟«»]/g;

/** What somebody wrote, in quotation marks that nothing in it can close. */
export function quoted(text: string): string {
  const words = text.replace(DIRECTION_MARKS, '').replace(QUOTATION_MARKS, "'").trim();
  if (words.length <= MAX_QUOTE) return `“${words}”`;
  // Not half of a character that takes two units.
  return `“${words.slice(0, MAX_QUOTE).replace(/[\ud800-\udbff]$/, '')}…”`;
}

/** "and 3 more", where there are more than are listed. */
export function andMore(total: number, listed: number): string[] {
  return total > listed ? [`… and ${total - listed} more.`] : [];
}
