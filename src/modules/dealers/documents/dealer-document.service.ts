import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import { currentDeadline } from '../../../kernel/deadline.js';
import { AppError, conflict, notFound } from '../../../kernel/errors.js';
import { contentTypeOf, keyOf } from '../../../kernel/files.js';
import { discardFiles, nameStored } from '../../../kernel/stored-files.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import type { Upload } from '../../../kernel/upload.js';
import { throttled } from '../../accounts/index.js';
import { queueMail } from '../../mail/index.js';
import type { Dealer } from '../dealer.entity.js';
import { lockDealer, lockOwnDealer } from '../dealer.holds.js';
import { decisionOf } from '../dealer.rules.js';
import { extensionOf } from './dealer-document.content.js';
import { DealerDocument, type DocumentFile } from './dealer-document.entity.js';
import type { ReviewDealerDocumentInput, UploadDealerDocumentInput } from './dealer-document.inputs.js';

/**
 * Gives the viewer's dealership a document. Where it has as many as it may, the oldest rejected one makes room. Returns
 * the document's id.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, RATE_LIMITED; CONFLICT where there is no room.
 */
export async function uploadDealerDocument(ctx: Ctx, input: UploadDealerDocumentInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  await throttled(ctx, 'documents', viewer.id);
  await refuseEarly(ctx, viewer, input.file);
  const file = await store(ctx, input.file);
  return nameStored(ctx, [file.key], async (tx) => {
    const dealer = await lockOwnDealer(tx, viewer);
    await makeRoom(tx, dealer);
    const document = DealerDocument.of(dealer, input.kind, file, tx.clock.now());
    tx.em.persist(document);
    return document.id;
  });
}

/** An admin approves or rejects a document, whatever stood before. The dealer is told of a rejection that is news. */
export async function reviewDealerDocument(ctx: Ctx, input: ReviewDealerDocumentInput): Promise<string> {
  requireType(ctx, 'ADMIN');
  const { decision, reason } = decisionOf('APPROVED', input);
  return write(ctx, async (tx) => {
    const { dealer, document } = await lockDocument(tx, input.documentId);
    if (document.status === decision && document.rejectionReason === reason) return document.id;
    document.review(reason, tx.clock.now());
    if (reason !== null) {
      const data = { documentId: document.id, reason };
      queueMail(tx, { kind: 'DEALER_DOCUMENT_REJECTED', recipientId: dealer.user.id, data });
    }
    return document.id;
  });
}

/** The dealership has closed: nobody needs its papers any more. */
export async function forgetDocumentsOf(tx: Tx, dealerId: string): Promise<void> {
  const { rows } = await sql<{ key: string }>`
    delete from dealer_documents where dealer_id = ${dealerId} returning key`.execute(tx.em.getKysely());
  if (rows.length === 0) return;
  const keys = rows.map(({ key }) => key);
  tx.afterCommit(() => discardFiles(tx, keys));
}

/** What would be refused in the end is refused before the work; under the lock it is asked again. */
async function refuseEarly(ctx: Ctx, viewer: Viewer, { sizeBytes }: Upload): Promise<void> {
  const { maxDocumentBytes } = ctx.policy;
  if (sizeBytes > maxDocumentBytes) {
    throw new AppError('PAYLOAD_TOO_LARGE', `A document has ${maxDocumentBytes} bytes at most.`);
  }
  const { rows } = await sql<{ kept: number | string }>`
    select (select count(*) from dealer_documents as o where o.dealer_id = d.id and o.status <> 'REJECTED') as kept
    from dealers as d where d.user_id = ${viewer.id} and d.closed_at is null`.execute(ctx.em.getKysely());
  if (!rows[0]) throw notFound('Dealership');
  if (Number(rows[0].kept) >= ctx.policy.maxDealerDocuments) throw noRoom(ctx);
}

async function store(ctx: Ctx, file: Upload): Promise<DocumentFile> {
  const { path, filename, sizeBytes } = file;
  const key = keyOf('dealer_documents', randomUUID(), await extensionOf(ctx, file));
  const contentType = contentTypeOf(key);
  currentDeadline()?.check();
  await ctx.storage.put(key, createReadStream(path), contentType);
  return { key, filename, contentType, sizeBytes };
}

async function makeRoom(tx: Tx, dealer: Dealer): Promise<void> {
  const given = await tx.em.find(DealerDocument, { dealer: dealer.id }, { orderBy: { createdAt: 1, id: 1 } });
  if (given.length < tx.policy.maxDealerDocuments) return;
  const rejected = given.find(({ status }) => status === 'REJECTED');
  if (!rejected) throw noRoom(tx);
  tx.em.remove(rejected);
  tx.afterCommit(() => discardFiles(tx, [rejected.key]));
}

/** The dealer before its document, as who uploads or submits locks it. */
async function lockDocument(tx: Tx, id: string): Promise<{ dealer: Dealer; document: DealerDocument }> {
  const dealer = isUuid(id) ? await lockDealerOf(tx, id) : null;
  const document =
    dealer && (await tx.em.findOne(DealerDocument, id, { lockMode: LockMode.PESSIMISTIC_WRITE }));
  if (!document) throw notFound('Document');
  return { dealer, document };
}

async function lockDealerOf(tx: Tx, documentId: string): Promise<Dealer | null> {
  const { rows } = await sql<{ id: string }>`
    select dealer_id as id from dealer_documents where id = ${documentId}`.execute(tx.em.getKysely());
  return rows[0] ? lockDealer(tx, rows[0].id) : null;
}

function noRoom({ policy }: Pick<Ctx, 'policy'>): AppError {
  return conflict(`A dealership has ${policy.maxDealerDocuments} documents at most.`);
}
