import type { TestApp } from '../app.js';
import type { Heads } from './audience.js';
import type { Done, Sent } from './writers.js';

type Row = Readonly<Record<string, string | number | null>>;

/** What the database says at the end. */
export class Books {
  constructor(private readonly app: TestApp) {}

  async heads(): Promise<Heads> {
    const rows = await this.rows(
      `select id, last_sequence as head from negotiations
        union all select user_id as id, last_sequence as head from inboxes`,
    );
    return new Map(rows.map(({ id, head }) => [String(id), Number(head)]));
  }

  /** What somebody was told that it was done, and is not there as it was told, or more than once. */
  async lost(acknowledged: readonly Sent[]): Promise<string[]> {
    const claims = await this.rows('select user_id, client_mutation_id, result from client_mutations');
    const claimsById = Map.groupBy(claims, ({ client_mutation_id: id }) => String(id));
    const events = await this.rows('select negotiation_id, sequence, kind, message from negotiation_events');
    const byPlace = new Map(
      events.map((event) => [placeOf(event.negotiation_id, event.sequence), event] as const),
    );
    const byWord = Map.groupBy(events, ({ message }) => String(message));
    return acknowledged.flatMap((sent) => {
      const { negotiationId, sequence } = sent.outcome as Done;
      const place = placeOf(negotiationId, sequence);
      const found = claimsById.get(sent.clientMutationId) ?? [];
      const said = sent.word === null ? null : (byWord.get(sent.word) ?? []);
      const isThere =
        found.length === 1 &&
        found[0]?.user_id === sent.by.id &&
        placeTold(found[0].result) === place &&
        byPlace.has(place) &&
        (said === null ||
          (said.length === 1 && placeOf(said[0]?.negotiation_id, said[0]?.sequence) === place));
      if (isThere) return [];
      const evidence = { claims: found, event: byPlace.get(place) ?? null, said };
      return `${sent.mutation} ${sent.clientMutationId} at ${place}: ${JSON.stringify(evidence)}`;
    });
  }

  /** What was refused, and is there. */
  async done(refused: readonly Sent[]): Promise<Row[]> {
    const ids = refused.map(({ clientMutationId }) => clientMutationId);
    const claims = await this.rows('select user_id, client_mutation_id, result from client_mutations');
    const words = await this.rows('select negotiation_id, sequence, kind, message from negotiation_events');
    return [
      ...claims.filter((claim) => ids.includes(String(claim.client_mutation_id))),
      ...words.filter(({ message }) => ids.includes(String(message))),
    ];
  }

  async countOf(table: 'client_mutations' | 'mails'): Promise<number> {
    const [row] = await this.rows(`select count(*) as count from ${table}`);
    return Number(row?.count);
  }

  /** Notifications of one thing to one person, where there is more than one. */
  doubled(): Promise<Row[]> {
    return this.rows(
      `select user_id, kind, negotiation_id, offer_id, log_sequence, count(*) as count from notifications
        where negotiation_id is not null
        group by user_id, kind, negotiation_id, offer_id, log_sequence having count(*) > 1`,
    );
  }

  /** Messages and counter-offers of which nobody was told. What stood there from the beginning nobody was told of. */
  untold(): Promise<Row[]> {
    return this.rows(
      `select e.negotiation_id, e.sequence, e.kind from negotiation_events as e
        where e.kind in ('MESSAGE_SENT', 'OFFER_SUBMITTED') and e.message is not null and not exists (
          select 1 from notifications as n where n.negotiation_id = e.negotiation_id
            and (n.log_sequence = e.sequence or n.offer_id = e.offer_id))`,
    );
  }

  /** Offers put to somebody, in the order of being told. */
  async offersTo(userId: string): Promise<string[]> {
    const rows = await this.rows(
      `select offer_id from notifications where user_id = ? and kind in ('OFFER_RECEIVED', 'OFFER_COUNTERED')
        order by sequence`,
      userId,
    );
    return rows.map(({ offer_id: id }) => String(id));
  }

  /** Mails that the queue has too many or too few of: by default each kind but messages is mailed, once each. */
  miscounted(): Promise<Row[]> {
    return this.rows(
      `select m.recipient_id, m.kind, m.count as mails, coalesce(n.count, 0) as notifications
        from (select recipient_id, kind, count(*) as count from mails group by recipient_id, kind) as m
        full join (select user_id, kind, count(*) as count from notifications group by user_id, kind) as n
          on n.user_id = m.recipient_id and n.kind = m.kind
        where coalesce(m.kind, n.kind) <> 'MESSAGE_RECEIVED' and m.count is distinct from n.count`,
    );
  }

  async mails(): Promise<Array<{ id: string; status: string; attempts: number }>> {
    const rows = await this.rows('select id, status, attempts from mails');
    return rows.map(({ id, status, attempts }) => ({
      id: String(id),
      status: String(status),
      attempts: Number(attempts),
    }));
  }

  /** As if the time had passed after which a mail counts as not sent that somebody had begun to send. */
  async endLeases(): Promise<void> {
    await this.rows("update mails set due_at = updated_at where status = 'QUEUED' returning id");
  }

  private async rows(statement: string, ...values: string[]): Promise<Row[]> {
    const connection = this.app.orm.em.fork().getConnection();
    return connection.execute(statement, values);
  }
}

function placeOf(negotiationId: unknown, sequence: unknown): string {
  return `${negotiationId} #${Number(sequence)}`;
}

/** Where a mutation's own record says that it is. */
function placeTold(result: unknown): string {
  const { negotiationId, sequence } = (typeof result === 'string' ? JSON.parse(result) : result) as Done;
  return placeOf(negotiationId, sequence);
}
