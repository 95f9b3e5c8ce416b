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

const MAX_TITLE = 200;

/** A notification before it has its number. */
export interface Draft extends Text {
  readonly userId: string;
  readonly kind: NotificationKind;
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
  const now = tx.clock.now();
  for (const userId of [...new Set([...byUser.keys(), ...gone])].sort()) {
    if (gone.has(userId)) {
      await erase(tx, userId);
      continue;
    }
    const own = byUser.get(userId) as Draft[];
    let sequence = await draw(tx, userId, own.length);
    for (const draft of own) tx.em.persist(entryOf(draft, sequence++, now));
    tx.announce(streamTopic({ name: INBOX_STREAM }, userId), { sequence: sequence - 1 });
  }
}

/** The head goes first: whoever is about to write into this inbox has it, and is waited for. */
async function erase(tx: Tx, userId: string): Promise<void> {
  await draw(tx, userId, 0);
  const db = tx.em.getKysely();
  await sql`delete from inboxes where user_id = ${userId}`.execute(db);
  await sql`delete from notifications where user_id = ${userId}`.execute(db);
}

/** Takes the next numbers of an inbox, under its row's lock, and returns the first of them. */
async function draw(tx: Tx, userId: string, count: number): Promise<number> {
  const { rows } = await sql<{ last_sequence: number }>`
    insert into inboxes (user_id, last_sequence) values (${userId}, ${count})
    on conflict (user_id) do update set last_sequence = inboxes.last_sequence + ${count}
    returning last_sequence`.execute(tx.em.getKysely());
  return (rows[0] as { last_sequence: number }).last_sequence - count + 1;
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
  entry.vehicle = draft.vehicle ? ref(draft.vehicle) : null;
  entry.negotiation = draft.negotiation ? ref(draft.negotiation) : null;
  entry.offer = draft.offer ? ref(draft.offer) : null;
  entry.createdAt = now;
  entry.updatedAt = now;
  return entry;
}
