import { sql } from 'kysely';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx } from '../../../kernel/context.js';
import type { QueuedMail } from '../../../kernel/mail.js';
import type { Cents } from '../../../kernel/money.js';
import type { Condition } from '../../../kernel/reads.js';
import { endOfBurst } from '../../mail/index.js';
import type { NotificationKind } from '../notification.entity.js';
import { MAX_LISTED } from './mail.rules.js';

/** A notification that nobody has read, as its mail tells it. */
export interface Unread {
  readonly title: string;
  readonly body: string;
  readonly quote: string | null;
  readonly negotiationId: string | null;
  readonly vehicleId: string | null;
  readonly offerStatus: string | null;
  readonly offerExpiresAt: number | string | null;
}

/** Null where it was read, or is gone. */
export async function readUnread(
  ctx: Ctx,
  { recipientId, data: { notificationId = '' } }: QueuedMail,
): Promise<Unread | null> {
  if (!isUuid(notificationId)) return null;
  const { rows } = await sql<Unread>`
    select n.title, n.body, n.quote, n.negotiation_id as "negotiationId", n.vehicle_id as "vehicleId",
      o.status as "offerStatus", o.expires_at as "offerExpiresAt"
    from notifications as n left join offers as o on o.id = n.offer_id
    where n.id = ${notificationId} and n.user_id = ${recipientId} and n.read_at is null`.execute(
    ctx.em.getKysely(),
  );
  return rows[0] ?? null;
}

/** Whether a decision on the reader's dealership still stands: no other followed, and it is not to be checked again. */
export async function decisionStands(
  ctx: Ctx,
  { recipientId, kind, data: { notificationId = '' } }: QueuedMail,
): Promise<boolean> {
  const status = kind === 'DEALER_VERIFIED' ? 'VERIFIED' : 'REJECTED';
  const { rows } = await sql`
    select 1 from dealers where user_id = ${recipientId} and closed_at is null and verification_status = ${status}
      and ${notificationId} = (
        select id from notifications where user_id = ${recipientId} and kind in ('DEALER_VERIFIED', 'DEALER_REJECTED')
        order by sequence desc limit 1)`.execute(ctx.em.getKysely());
  return rows.length > 0;
}

/** The first of many things that one mail tells of, and how many there are. */
export interface Several<T> {
  readonly listed: readonly T[];
  readonly total: number;
}

export interface UnreadMessage extends Pick<Unread, 'body' | 'quote'> {
  readonly year: number;
  readonly make: string;
  readonly model: string;
  readonly trim: string | null;
}

/** Messages of a negotiation that the reader has read neither here nor there. */
export async function unreadMessages(ctx: Ctx, mail: QueuedMail): Promise<Several<UnreadMessage>> {
  const { negotiationId = '' } = mail.data;
  if (!isUuid(negotiationId)) return { listed: [], total: 0 };
  const readUpTo = sql`case when g.buyer_id = n.user_id then g.buyer_read_sequence else g.dealer_read_sequence end`;
  return several<UnreadMessage>(ctx, {
    columns: sql`n.body, n.quote, v.year, v.make, v.model, v.trim`,
    from: sql`notifications as n join negotiations as g on g.id = n.negotiation_id join vehicles as v on v.id = g.vehicle_id`,
    where: [
      ...ofBurst(mail, 'MESSAGE_RECEIVED'),
      sql`n.negotiation_id = ${negotiationId}`,
      sql`(n.log_sequence is null or n.log_sequence > ${readUpTo})`,
    ],
    key: sql`n.sequence`,
  });
}

export interface AlertedVehicle {
  readonly id: string;
  readonly year: number;
  readonly make: string;
  readonly model: string;
  readonly trim: string | null;
  readonly askingPrice: Cents;
}

/** Vehicles that the reader was alerted of, each once, and only where they are still to be had, and still as cheap. */
export async function alertedVehicles(
  ctx: Ctx,
  mail: QueuedMail,
  kind: 'PRICE_DROP' | 'SAVED_SEARCH_MATCH',
): Promise<Several<AlertedVehicle>> {
  const found = await several<AlertedVehicle>(ctx, {
    columns: sql`v.id, v.year, v.make, v.model, v.trim, v.asking_price as "askingPrice"`,
    from: sql`vehicles as v join (
      select n.vehicle_id, min(n.sequence) as sequence, min(n.created_at) as told_at from notifications as n
      where ${sql.join(ofBurst(mail, kind), sql` and `)}
      group by n.vehicle_id) as n on n.vehicle_id = v.id`,
    where: [sql`v.status = 'ACTIVE'`, ...(kind === 'PRICE_DROP' ? [STILL_CHEAPER] : [])],
    key: sql`n.sequence`,
  });
  // PostgreSQL's driver tells wide numbers as text.
  const listed = found.listed.map((vehicle) => ({ ...vehicle, askingPrice: Number(vehicle.askingPrice) }));
  return { ...found, listed };
}

/** Nothing more is asked than when the reader was told of it first: else it may cost what it did before, or more. */
const STILL_CHEAPER = sql`v.asking_price <= coalesce((
  select p.price from price_changes as p where p.vehicle_id = v.id and p.changed_at <= n.told_at
  order by p.changed_at desc, p.id desc limit 1), v.asking_price)`;

/** Unread ones of this mail's part of its burst: a later mail tells of what came after the first attempt at this one. */
function ofBurst(mail: QueuedMail, kind: NotificationKind): Condition[] {
  return [
    sql`n.user_id = ${mail.recipientId}`,
    sql`n.kind = ${kind}`,
    sql`n.read_at is null`,
    sql`n.sequence >= ${mail.burstFrom}`,
    sql`n.sequence < coalesce(${endOfBurst(mail)}, n.sequence + 1)`,
  ];
}

interface Listing {
  readonly columns: Condition;
  readonly from: Condition;
  readonly where: readonly Condition[];
  readonly key: Condition;
}

async function several<T>(ctx: Ctx, { columns, from, where, key }: Listing): Promise<Several<T>> {
  const db = ctx.em.getKysely();
  const conditions = sql.join([...where], sql` and `);
  const { rows } = await sql<T>`
    select ${columns} from ${from} where ${conditions} order by ${key} limit ${MAX_LISTED + 1}`.execute(db);
  if (rows.length <= MAX_LISTED) return { listed: rows, total: rows.length };
  const counted = await sql<{ total: number | string }>`
    select count(*) as total from ${from} where ${conditions}`.execute(db);
  return { listed: rows.slice(0, MAX_LISTED), total: Number(counted.rows[0]?.total) };
}
