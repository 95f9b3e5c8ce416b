import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { mailTemplatesPart, type QueuedMail } from '../../kernel/mail.js';
import type { Condition } from '../../kernel/reads.js';
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
  assertTemplate(tx, kind);
  const now = tx.clock.now();
  const times = { dueAt: now, createdAt: now, updatedAt: now };
  tx.em.create(Mail, { id: uuidv7(), kind, recipientId, data, ...times });
}

/** One mail for many things: what comes until it is sent is told by it too. */
export interface BurstRequest extends MailRequest {
  readonly recipientId: string;
  /** What the things have in common, 120 characters at most. */
  readonly key: string;
  /** The number of the first thing that it is to tell. They rise, for a key, in the order of the transactions. */
  readonly from: number;
  /** How long after the first thing it is sent. */
  readonly delayMs: number;
}

/** Databases bound the parameters of a statement. */
const MAX_ROWS = 1_000;

/**
 * Queues mails for bursts, where none waits yet. One that waits is locked: nobody begins to send it before this
 * transaction is over, so that it tells what this one brings. One that is being sent already is none that waits, and
 * there is a next one: whatever happens at once, each thing is told by one of them.
 */
export async function queueBursts(tx: Tx, requests: readonly BurstRequest[]): Promise<void> {
  const byKey = new Map<string, BurstRequest>();
  for (const request of requests) {
    assertTemplate(tx, request.kind);
    if (!byKey.has(request.key)) byKey.set(request.key, request);
  }
  const all = [...byKey.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  for (let at = 0; at < all.length; at += MAX_ROWS) await insertBursts(tx, all.slice(at, at + MAX_ROWS));
}

async function insertBursts(tx: Tx, requests: readonly BurstRequest[]): Promise<void> {
  const now = tx.clock.now().getTime();
  const rows = requests.map(
    ({ kind, recipientId, data = {}, key, from, delayMs }) =>
      sql`(${uuidv7()}, ${kind}, ${recipientId}, ${JSON.stringify(data)}, ${now + delayMs}, ${now}, ${now}, ${key}, ${from})`,
  );
  await sql`
    insert into mails (id, kind, recipient_id, data, due_at, created_at, updated_at, burst_key, burst_from)
    values ${sql.join(rows)}
    on conflict (burst_key) where status = 'QUEUED' and attempts = 0
    do update set updated_at = excluded.updated_at`.execute(tx.em.getKysely());
}

/**
 * SQL: the number of the first thing that a later mail of the same burst tells; null where there is none. Whoever reads the
 * things asks in the same statement: what comes between two statements would be told by both mails.
 */
export function endOfBurst({ recipientId, burstKey, burstFrom }: QueuedMail): Condition {
  return sql`(select min(later.burst_from) from mails as later
    where later.recipient_id = ${recipientId} and later.burst_key = ${burstKey} and later.burst_from > ${burstFrom})`;
}

function assertTemplate(tx: Tx, kind: string): void {
  if (!tx.parts.get(mailTemplatesPart).some((template) => template.kind === kind)) {
    throw new Error(`No template for mails of kind ${kind}`);
  }
}

/** Deletes what an account was sent, or was to be sent. */
export async function forgetMailsOf(tx: Tx, recipientId: string): Promise<void> {
  await tx.em.nativeDelete(Mail, { recipientId });
}
