import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { LockMode } from '@mikro-orm/core';
import { requireType } from '../../../kernel/authorize.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import { offTheClock } from '../../../kernel/deadline.js';
import { AppError, forbidden } from '../../../kernel/errors.js';
import { contentTypeOf, keyOf } from '../../../kernel/files.js';
import { nameStored } from '../../../kernel/stored-files.js';
import type { Tx } from '../../../kernel/unit-of-work.js';
import { throttled } from '../../accounts/index.js';
import { Dealer } from '../../dealers/index.js';
import { mayPublish } from '../vehicle.policy.js';
import { notVerified } from '../vehicle.service.js';
import { bulkReaderPart } from './bulk-reader.js';
import { BulkUpload } from './bulk-upload.entity.js';
import type { BulkUploadVehiclesInput } from './bulk-upload.inputs.js';
import { progressOf } from './bulk-upload.live.js';
import { inspectCsv } from './csv/inspect.js';
import { templateText } from './csv/template.js';
import { letBuffersGo } from './heap.js';

/** They are read one after the other, and each is 20 MB on our disk until then. */
const UNREAD_AT_MOST = 10;

/** The CSV file that a dealer begins with. */
export function bulkUploadTemplate(ctx: Ctx): string {
  requireType(ctx, 'DEALER');
  return templateText();
}

/**
 * Takes a file of vehicles in, and waits until it is read to its end, if that is wanted. Who reads it is another matter:
 * it is read whether anybody waits or not. Returns the upload's id.
 * @throws AppError BAD_USER_INPUT, UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, DEALER_NOT_VERIFIED, RATE_LIMITED.
 */
export async function bulkUploadVehicles(ctx: Ctx, input: BulkUploadVehiclesInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  mayUpload(await ctx.em.fork().findOne(Dealer, { user: viewer.id, closedAt: null }), input);
  await throttled(ctx, 'bulkUploads', viewer.id);
  const reader = ctx.parts.get(bulkReaderPart);
  const { ignored } = await inspectCsv(input.file.path);
  const key = keyOf('bulk_uploads', randomUUID(), 'csv');
  await letBuffersGo();
  await ctx.storage.put(key, createReadStream(input.file.path), contentTypeOf(key));
  await letBuffersGo();
  const id = await nameStored(ctx, [key], (tx) =>
    receive(tx, viewer, { key, ignoredColumns: [...ignored] }, input),
  );
  reader.look();
  if (input.wait !== false) await offTheClock((gone) => end(ctx, id, gone));
  return id;
}

async function receive(
  tx: Tx,
  viewer: Viewer,
  file: { key: string; ignoredColumns: string[] },
  { dryRun, publish }: BulkUploadVehiclesInput,
): Promise<string> {
  // Alone: a dealer's uploads get moments that follow each other, and are counted one by one.
  const inBusiness = { user: viewer.id, closedAt: null };
  const dealer = await tx.em.findOne(Dealer, inBusiness, { lockMode: LockMode.PESSIMISTIC_WRITE });
  mayUpload(dealer, { publish });
  const unread = await tx.em.count(BulkUpload, { dealer, finishedAt: null });
  if (unread >= UNREAD_AT_MOST) {
    throw new AppError('RATE_LIMITED', `${UNREAD_AT_MOST} of your files are still to be read.`, {
      retryAfterSeconds: 60,
    });
  }
  const owner = tx.em.getReference(Dealer, dealer.id, { wrapped: true });
  const upload = BulkUpload.receive(owner, file, { dryRun, publish }, tx.clock.now());
  tx.em.persist(upload);
  return upload.id;
}

function mayUpload(dealer: Dealer | null, { publish }: { publish: boolean }): asserts dealer is Dealer {
  if (!dealer) throw forbidden('Register your dealership before you list vehicles.');
  if (publish && !mayPublish(dealer)) throw notVerified();
}

/** Waits until all is read, or nobody waits any more. */
async function end(ctx: Ctx, id: string, gone: AbortSignal): Promise<void> {
  const progress = progressOf(ctx, id);
  const leave = () => void progress.return?.();
  gone.addEventListener('abort', leave);
  try {
    if (gone.aborted) return leave();
    for await (const { finishedAt } of progress) if (finishedAt !== null) return;
  } finally {
    gone.removeEventListener('abort', leave);
  }
}
