import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { AppError } from '../../../kernel/errors.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { Dealer, holdDealer, lockDealer } from '../../dealers/index.js';
import { Vehicle } from '../vehicle.entity.js';
import { mayPublish } from '../vehicle.policy.js';
import { changeListing, notVerified, putOnTheMarket } from '../vehicle.service.js';
import { fillFromVin } from '../vin/vin-fill.js';
import { type Decision, decide, type FileRow } from './bulk-row.js';
import type { BatchCounts, BulkUpload, BulkUploadRowError } from './bulk-upload.entity.js';
import { announceUpload } from './bulk-upload.live.js';
import type { Table } from './csv/table.js';
import { type Held, heldUpload, renewed } from './lease.js';

/** VINs of one question: the first of a make takes a fifth of a second to look up, and a question must not take 8. */
const VINS_AT_ONCE = 25;

/** What comes of rows of a file, and what has been counted of it, is one transaction. @throws LeaseLost, AppError */
export async function writeBatch(
  ctx: Ctx,
  held: Held,
  table: Table,
  rows: readonly FileRow[],
): Promise<void> {
  const filled = await withVinFacts(ctx, held, rows);
  try {
    held.until = await write(ctx, (tx) => bringIn(tx, held, table, filled, holdDealer));
  } catch (error) {
    const isRace = error instanceof AppError && error.code === 'CONFLICT';
    if (!isRace) throw error;
    // One of its VINs was listed by hand meanwhile. Once more, and alone: it is found, and no other comes between.
    held.until = await write(ctx, (tx) => bringIn(tx, held, table, filled, lockDealer));
  }
}

async function bringIn(
  tx: Tx,
  held: Held,
  table: Table,
  rows: readonly BatchRow[],
  take: typeof holdDealer,
): Promise<Date> {
  const dealer = await take(tx, held.dealerId);
  if (!dealer) throw new AppError('FORBIDDEN', 'The dealership has closed.');
  if (held.publish && !mayPublish(dealer)) throw notVerified();
  const upload = await heldUpload(tx, held);
  const vehicles = await lockVehicles(tx, held.dealerId, rows);
  const now = tx.clock.now();
  const counts = { rows: rows.length, created: 0, updated: 0, failed: 0 };
  const errors: BulkUploadRowError[] = [];
  for (const { row, filled } of rows) {
    const existing = (row.vin === null ? null : vehicles.get(row.vin)) ?? null;
    const decision = decide(existing ? row : filled, existing, table, now);
    if (decision.kind === 'refuse') {
      counts.failed++;
      errors.push(...decision.errors);
      continue;
    }
    counts[decision.kind === 'create' ? 'created' : 'updated']++;
    if (!held.dryRun) await carryOut(tx, dealer, upload, decision);
  }
  const until = renewed(tx);
  upload.count({ ...counts, errors } satisfies BatchCounts, until, now);
  announceUpload(tx, upload.id);
  return until;
}

async function carryOut(
  tx: Tx,
  dealer: Dealer,
  upload: BulkUpload,
  decision: Exclude<Decision, { kind: 'refuse' }>,
): Promise<void> {
  const now = tx.clock.now();
  if (decision.kind === 'create') {
    const { vin, askingPrice, details } = decision.listing;
    const owner = tx.em.getReference(Dealer, dealer.id, { wrapped: true });
    const { vehicle, firstPrice } = Vehicle.draft(owner, vin, askingPrice, details, now);
    tx.em.persist([vehicle, firstPrice]);
    if (upload.publish) await putOnTheMarket(tx, dealer, vehicle);
    return;
  }
  const { vehicle, details, price } = decision;
  // A file that is sent every night says the same of most vehicles.
  if (Object.keys(details).length === 0 && price === null) return;
  await changeListing(tx, vehicle, details, price ?? undefined);
}

/** Those of the rows that are in the inventory, locked in the order in which everybody locks several. */
async function lockVehicles(
  tx: Tx,
  dealerId: string,
  rows: readonly BatchRow[],
): Promise<Map<string, Vehicle>> {
  const vins = vinsOf(rows.map(({ row }) => row));
  if (vins.length === 0) return new Map();
  const vehicles = await tx.em.find(
    Vehicle,
    { dealer: dealerId, vin: { $in: vins }, status: { $ne: 'ARCHIVED' } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  return new Map(vehicles.map((vehicle) => [vehicle.vin, vehicle]));
}

interface BatchRow {
  readonly row: FileRow;
  /** With what its VIN says of what it leaves out, for a vehicle that is new. */
  readonly filled: FileRow;
}

/** Asks what VINs say, before the transaction; of what is in the inventory already a row changes what it says itself. */
async function withVinFacts(ctx: Ctx, held: Held, rows: readonly FileRow[]): Promise<BatchRow[]> {
  const known = await vinsKnown(ctx, held.dealerId, vinsOf(rows));
  const fresh = rows.filter(({ vin }) => vin !== null && !known.has(vin));
  const filled = new Map<FileRow, FileRow>();
  for (let at = 0; at < fresh.length; at += VINS_AT_ONCE) {
    const slice = fresh.slice(at, at + VINS_AT_ONCE);
    const given = await fillFromVin(
      ctx,
      slice.map((row) => row.given),
    );
    slice.forEach((row, index) => {
      filled.set(row, { ...row, given: given[index] ?? row.given });
    });
  }
  return rows.map((row) => ({ row, filled: filled.get(row) ?? row }));
}

async function vinsKnown(ctx: Ctx, dealerId: string, vins: readonly string[]): Promise<ReadonlySet<string>> {
  if (vins.length === 0) return new Set();
  const { rows } = await sql<{ vin: string }>`
    select vin from vehicles
    where dealer_id = ${dealerId} and vin in (${sql.join([...vins])}) and status <> 'ARCHIVED'`.execute(
    ctx.em.getKysely(),
  );
  return new Set(rows.map(({ vin }) => vin));
}

function vinsOf(rows: readonly FileRow[]): string[] {
  return [...new Set(rows.flatMap(({ vin }) => (vin === null ? [] : [vin])))];
}
