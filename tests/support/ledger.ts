import type {
  NegotiationEndReason,
  NegotiationEventKind,
  NegotiationParty,
  NegotiationStatus,
  OfferResolver,
  OfferStatus,
  VehicleStatus,
} from '../generated/operations.js';
import type { TestApp } from './app.js';

export interface StoredNegotiation {
  id: string;
  vehicleId: string;
  buyerId: string;
  status: NegotiationStatus;
  turn: NegotiationParty | null;
  currentOfferId: string;
  agreedPrice: number | null;
  endReason: NegotiationEndReason | null;
  lapsedBy: NegotiationParty | null;
  expiresAt: number | null;
  holdExpiresAt: number | null;
  lastSequence: number;
  buyerReadSequence: number;
  dealerReadSequence: number;
  buyerUnread: number;
  dealerUnread: number;
  agreedAt: number | null;
  endedAt: number | null;
  warnAt: number | null;
  buyerOfferCount: number;
  dealerOfferCount: number;
  buyerAmount: number | null;
  dealerAmount: number | null;
  displacedBy: string | null;
  offersForgiven: boolean;
  updatedAt: number;
}

export interface StoredOffer {
  id: string;
  negotiationId: string;
  amount: number;
  party: NegotiationParty;
  status: OfferStatus;
  resolvedBy: OfferResolver | null;
  expiresAt: number;
  respondedAt: number | null;
}

export interface StoredEvent {
  negotiationId: string;
  sequence: number;
  kind: NegotiationEventKind;
  party: NegotiationParty | null;
  /** Null: a message without an offer. */
  offerId: string | null;
  message: string | null;
}

/** All that is stored about some vehicles and their negotiations, as the tables have it. */
export interface Ledger {
  vehicles: Array<{
    id: string;
    status: VehicleStatus;
    askingPrice: number;
    autoAcceptAt: number | null;
    autoDeclineBelow: number | null;
  }>;
  negotiations: StoredNegotiation[];
  offers: StoredOffer[];
  events: StoredEvent[];
  /** How many notifications there are in all, and the last number of each inbox that has any of them. */
  notifications: Array<{ userId: string; count: number; last: number; head: number }>;
}

/** Columns that hold names, not figures; PostgreSQL's driver hands 64-bit integers out as text. */
const WORDS = /(^id|_id|_by|status|turn|reason|party|kind|message)$/;

type Row = Record<string, unknown>;

/** Everything there is about these vehicles; without any, about all of them. */
export async function ledgerOf(app: TestApp, vehicleIds?: readonly string[]): Promise<Ledger> {
  const connection = app.orm.em.fork().getConnection();
  const marks = vehicleIds?.map(() => '?').join(', ');
  const read = async (select: string, of: string, order: string): Promise<Row[]> => {
    const where = vehicleIds ? `where ${of} in (${marks})` : '';
    const rows: Row[] = await connection.execute(`${select} ${where} ${order}`, [...(vehicleIds ?? [])]);
    return rows.map(plain);
  };
  const ledger = {
    vehicles: await read(
      'select id, status, asking_price, auto_accept_at, auto_decline_below from vehicles',
      'id',
      'order by id',
    ),
    negotiations: await read(
      `select id, vehicle_id, buyer_id, status, turn, current_offer_id, agreed_price, end_reason, lapsed_by, expires_at,
        hold_expires_at, last_sequence, buyer_read_sequence, dealer_read_sequence, buyer_unread, dealer_unread,
        agreed_at, ended_at, warn_at, buyer_offer_count, dealer_offer_count, buyer_amount, dealer_amount, displaced_by, offers_forgiven,
        updated_at from negotiations`,
      'vehicle_id',
      'order by id',
    ),
    offers: await read(
      `select o.id, o.negotiation_id, o.amount, o.party, o.status, o.resolved_by, o.expires_at, o.responded_at
        from offers as o join negotiations as n on n.id = o.negotiation_id`,
      'n.vehicle_id',
      'order by o.created_at, o.id',
    ),
    events: await read(
      `select e.negotiation_id, e.sequence, e.kind, e.party, e.offer_id, e.message
        from negotiation_events as e join negotiations as n on n.id = e.negotiation_id`,
      'n.vehicle_id',
      'order by e.negotiation_id, e.sequence',
    ),
    notifications: (
      (await connection.execute(
        `select i.user_id, i.last_sequence as head, count(n.id) as count, max(n.sequence) as last
          from inboxes as i left join notifications as n on n.user_id = i.user_id
          group by i.user_id, i.last_sequence order by i.user_id`,
      )) as Row[]
    ).map(plain),
  };
  return ledger as unknown as Ledger;
}

/** `{ buyer_id: 'x', offers_forgiven: 0 }` → `{ buyerId: 'x', offersForgiven: false }`. */
function plain(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const name = column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      if (name === 'offersForgiven') return [name, Boolean(value)];
      return [name, value === null || WORDS.test(column) ? value : Number(value)];
    }),
  );
}
