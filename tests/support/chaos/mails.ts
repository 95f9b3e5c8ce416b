import { pause } from '../live.js';
import type { Books } from './books.js';
import type { Cost } from './disturbances.js';
import type { Delivery, PostOffice } from './post-office.js';

/** A mail of which the mail server has got more than one copy. */
export interface Doubled {
  readonly mail: string;
  readonly deliveries: readonly Delivery[];
  readonly attempts: number;
}

const SENT_WITHIN_MS = 60_000;

/** Waits until the queue is empty. What somebody had begun to send when it was cut off is due again after two minutes. */
export async function allMailsSent(books: Books): Promise<void> {
  const endsAt = Date.now() + SENT_WITHIN_MS;
  for (;;) {
    const queued = (await books.mails()).filter(({ status }) => status === 'QUEUED');
    if (queued.length === 0) return;
    if (Date.now() > endsAt) throw new Error(`Not sent: ${JSON.stringify(queued)}`);
    await books.endLeases();
    await pause(1_000);
  }
}

/** What disagrees between the queue and the mail server. */
export async function undelivered(books: Books, office: PostOffice): Promise<string[]> {
  const deliveries = office.byMail();
  const mails = await books.mails();
  const known = new Map(mails.map((mail) => [mail.id, mail]));
  return [
    ...mails
      .filter(({ id, status }) => (status === 'SENT') !== deliveries.has(id))
      .map(({ id, status }) => `mail ${id} is ${status}, delivered ${deliveries.get(id)?.length ?? 0} times`),
    ...[...deliveries]
      .filter(([id, copies]) => copies.length > (known.get(id)?.attempts ?? 0))
      .map(
        ([id, copies]) => `mail ${id}: ${copies.length} copies of ${known.get(id)?.attempts ?? 0} attempts`,
      ),
  ];
}

export async function doubledMails(books: Books, office: PostOffice): Promise<Doubled[]> {
  const attempts = new Map((await books.mails()).map((mail) => [mail.id, mail.attempts]));
  return [...office.byMail()]
    .filter(([, copies]) => copies.length > 1)
    .map(([mail, copies]) => ({ mail, deliveries: copies, attempts: attempts.get(mail) ?? 0 }));
}

/** The disturbance by which the first copy's sender was cut off; null where nothing had happened to it. */
export function causeOf({ deliveries: [first] }: Doubled, costs: readonly Cost[]): Cost | null {
  const at = (first as Delivery).at;
  return costs.find(({ isAbrupt, from, to }) => isAbrupt && at > from - IN_FLIGHT_MS && at < to) ?? null;
}

/** A copy that was handed over so long before may still not have been written down. */
const IN_FLIGHT_MS = 1_000;
