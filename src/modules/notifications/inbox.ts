import { Reference, ref } from '@mikro-orm/core';
import { sql } from 'kysely';
import { streamTopic } from '../../kernel/streams.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { User } from '../accounts/index.js';
import type { Negotiation, Offer } from '../negotiations/index.js';
import type { Vehicle } from '../vehicles/index.js';
import { Notification, type NotificationKind } from './notification.entity.js';
import type { Text } from './notification.texts.js';

export const INBOX_STREAM = 'inbox';

/** A notification before it has its number. */
export interface Draft extends Text {
  readonly userId: string;
  readonly kind: NotificationKind;
  readonly vehicle?: Vehicle;
  readonly negotiation?: Negotiation;
  readonly offer?: Offer;
}

const DELIVERY = Symbol('inbox delivery');

/** The drafts of each transaction, until its end. */
const drafts = new WeakMap<Tx, Draft[]>();

/**
 * Puts a notification into a user's inbox, in the transaction of its cause. The inboxes' heads are the last locks
 * that a transaction takes, in the order of their users: so the numbers are drawn at its end.
 */
export function notify(tx: Tx, draft: Draft): void {
  const waiting = drafts.get(tx);
  if (waiting) {
    waiting.push(draft);
    return;
  }
  const first = [draft];
  drafts.set(tx, first);
  tx.atEnd(DELIVERY, () => deliver(tx, first));
}

async function deliver(tx: Tx, waiting: readonly Draft[]): Promise<void> {
  const byUser = new Map<string, Draft[]>();
  for (const draft of waiting) byUser.set(draft.userId, [...(byUser.get(draft.userId) ?? []), draft]);
  const now = tx.clock.now();
  for (const userId of [...byUser.keys()].sort()) {
    const own = byUser.get(userId) as Draft[];
    let sequence = await draw(tx, userId, own.length);
    for (const draft of own) tx.em.persist(entryOf(draft, sequence++, now));
    tx.announce(streamTopic({ name: INBOX_STREAM }, userId), { sequence: sequence - 1 });
  }
}

/** Takes the next numbers of an inbox, under its row's lock, and returns the first of them. */
async function draw(tx: Tx, userId: string, count: number): Promise<number> {
  const { rows } = await sql<{ last_sequence: number }>`
    insert into inboxes (user_id, last_sequence) values (${userId}, ${count})
    on conflict (user_id) do update set last_sequence = inboxes.last_sequence + ${count}
    returning last_sequence`.execute(tx.em.getKysely());
  return (rows[0] as { last_sequence: number }).last_sequence - count + 1;
}

function entryOf(draft: Draft, sequence: number, now: Date): Notification {
  const entry = new Notification();
  entry.user = Reference.createFromPK(User, draft.userId);
  entry.sequence = sequence;
  entry.kind = draft.kind;
  entry.title = draft.title;
  entry.body = draft.body;
  entry.vehicle = draft.vehicle ? ref(draft.vehicle) : null;
  entry.negotiation = draft.negotiation ? ref(draft.negotiation) : null;
  entry.offer = draft.offer ? ref(draft.offer) : null;
  entry.createdAt = now;
  entry.updatedAt = now;
  return entry;
}
