import { type EventClass, Listeners, on } from '../../../src/kernel/events.js';
import { listenersPart } from '../../../src/kernel/unit-of-work.js';
import { type DealerDocumentStatus, ReviewDealerDocumentDocument } from '../../generated/operations.js';
import type { TestApp } from '../../support/app.js';

/** Every dealership, document and notification, whole: what a refusal must leave as it was. */
export async function stored(app: TestApp): Promise<unknown> {
  const connection = app.orm.em.fork().getConnection();
  return {
    dealers: await connection.execute('select * from dealers order by id'),
    documents: await connection.execute('select * from dealer_documents order by id'),
    mails: await connection.execute('select * from mails order by id'),
    notifications: await connection.execute('select * from notifications order by id'),
  };
}

/** The documents of a dealer as they are stored, the oldest first. */
export function documentRows(app: TestApp, dealerId: string): Promise<Array<Record<string, unknown>>> {
  const statement = 'select * from dealer_documents where dealer_id = ? order by created_at, id';
  return app.orm.em.fork().getConnection().execute(statement, [dealerId]);
}

/** An admin's decision that must be taken. */
export async function reviewDocument(
  app: TestApp,
  documentId: string,
  decision: DealerDocumentStatus,
  reason?: string,
) {
  const input = { documentId, decision, ...(reason === undefined ? {} : { reason }) };
  const admin = await app.build.admin();
  return (await app.ok(ReviewDealerDocumentDocument, { input }, admin)).reviewDealerDocument.document;
}

/** Runs what must be refused, and proves that nothing changed. Returns what the refusal says. */
export async function refused(app: TestApp, work: () => ReturnType<TestApp['request']>) {
  const before = await stored(app);
  const error = app.errorOf(await work());
  const after = await stored(app);
  if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error('The refusal changed something');
  return error;
}

/** What the rooms above are told of one kind while `work` runs; they themselves do not listen meanwhile. */
export async function eventsDuring<E extends object>(
  app: TestApp,
  kind: EventClass<E>,
  work: () => Promise<unknown>,
) {
  const heard: object[] = [];
  const { parts } = app.system.services;
  const listeners = parts.get(listenersPart);
  parts.set(listenersPart, new Listeners([on(kind, (_tx, event) => void heard.push({ ...event }))]));
  try {
    await work();
  } finally {
    parts.set(listenersPart, listeners);
  }
  return heard;
}
