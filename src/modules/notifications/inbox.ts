import { Reference, ref } from '@mikro-orm/core';
import { sql } from 'kysely';
import { streamTopic } from '../../kernel/streams.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { User } from '../accounts/index.js';
import type { Negotiation, Offer } from '../negotiations/index.js';
import type { Vehicle } from '../vehicles/index.js';
import { queueMailsFor } from './mails/queue.service.js';
import { Notification, type NotificationKind } from './notification.entity.js';
import type { Text } from './notification.texts.js';

export const INBOX_STREAM = 'inbox';

const MAX_TITLE = 200;

/** A notification before it has its number. */
export interface Draft extends Text {
  readonly userId: string;
  readonly kind: NotificationKind;
  readonly quote?: string | null;
  readonly logSequence?: number;
  readonly vehicle?: Vehicle;
  readonly negotiation?: Negotiation;
  readonly offer?: Offer;
}

const DELIVERY = Symbol('inbox delivery');

interface Delivery {
  readonly drafts: Draft[];
  /** Whose inboxes go, with all that is in them or was to come. */
  readonly gone: Set<string>;
}

/** What each transaction is to deliver at its end. */
const deliveries = new WeakMap<Tx, Delivery>();

/**
 * Puts a notification into a user's inbox, in the transaction of its cause. The inboxes' heads are the last locks
 * that a transaction takes, in the order of their users: so the numbers are drawn at its end.
 */
export function notify(tx: Tx, draft: Draft): void {
  deliveryOf(tx).drafts.push(draft);
}

/** Deletes a user's inbox, and what this transaction was about to put into it. */
export function forgetInbox(tx: Tx, userId: string): void {
  deliveryOf(tx).gone.add(userId);
}

function deliveryOf(tx: Tx): Delivery {
  const known = deliveries.get(tx);
  if (known) return known;
  const delivery: Delivery = { drafts: [], gone: new Set() };
  deliveries.set(tx, delivery);
  tx.atEnd(DELIVERY, () => deliver(tx, delivery));
  return delivery;
}

async function deliver(tx: Tx, { drafts, gone }: Delivery): Promise<void> {
  const byUser = Map.groupBy(drafts, (draft) => draft.userId);
  const users = [...new Set([...byUser.keys(), ...gone])].sort();
  const heads = await draw(tx, users, (userId) => (gone.has(userId) ? 0 : byUser.get(userId)?.length) ?? 0);
  // Behind the locks: what follows in an inbox is not older than what it follows.
  const now = tx.clock.now();
  for (const userId of gone) await erase(tx, userId);
  const entries: Notification[] = [];
  for (const [userId, own] of byUser) {
    if (gone.has(userId)) continue;
    const head = heads.get(userId) as number;
    for (const [index, draft] of own.entries())
      entries.push(entryOf(draft, head - own.length + 1 + index, now));
    tx.announce(streamTopic({ name: INBOX_STREAM }, userId), { sequence: head });
  }
  tx.em.persist(entries);
  await queueMailsFor(tx, entries);
}

/** The head was drawn before: whoever is about to write into this inbox has it, and is waited for. */
async function erase(tx: Tx, userId: string): Promise<void> {
  const db = tx.em.getKysely();
  await sql`delete from inboxes where user_id = ${userId}`.execute(db);
  await sql`delete from notifications where user_id = ${userId}`.execute(db);
}

/** Databases bound the parameters of a statement. */
const MAX_HEADS = 1_000;

/** Takes the next numbers of inboxes, under their rows' locks in the order of the users, and returns the last of each. */
async function draw(
  tx: Tx,
  users: readonly string[],
  countOf: (userId: string) => number,
): Promise<Map<string, number>> {
  const heads = new Map<string, number>();
  for (let from = 0; from < users.length; from += MAX_HEADS) {
    const values = users.slice(from, from + MAX_HEADS).map((userId) => sql`(${userId}, ${countOf(userId)})`);
    const { rows } = await sql<{ user_id: string; last_sequence: number }>`
      insert into inboxes (user_id, last_sequence) values ${sql.join(values)}
      on conflict (user_id) do update set last_sequence = inboxes.last_sequence + excluded.last_sequence
      returning user_id, last_sequence`.execute(tx.em.getKysely());
    for (const row of rows) heads.set(row.user_id, row.last_sequence);
  }
  return heads;
}

/** Names of cars and searches may be longer than a headline; the body tells all of it. */
function shortened(title: string): string {
  if (title.length <= MAX_TITLE) return title;
  return `${title.slice(0, MAX_TITLE - 1).toWellFormed()}…`;
}

function entryOf(draft: Draft, sequence: number, now: Date): Notification {
  const entry = new Notification();
  entry.user = Reference.createFromPK(User, draft.userId);
  entry.sequence = sequence;
  entry.kind = draft.kind;
  entry.title = shortened(draft.title);
  entry.body = draft.body;
  entry.quote = draft.quote ?? null;
  entry.logSequence = draft.logSequence ?? null;
  entry.vehicle = draft.vehicle ? ref(draft.vehicle) : null;
  entry.negotiation = draft.negotiation ? ref(draft.negotiation) : null;
  entry.offer = draft.offer ? ref(draft.offer) : null;
  entry.createdAt = now;
  entry.updatedAt = now;
  return entry;
}
