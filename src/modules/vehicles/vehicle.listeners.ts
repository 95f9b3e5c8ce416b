import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { type Listener, on } from '../../kernel/events.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { DealerClosed, DealerClosing } from '../dealers/index.js';
import { Vehicle } from './vehicle.entity.js';
import { announceVehicle } from './vehicle.events.js';
import { archiving } from './vehicle.rules.js';

export const vehicleListeners: readonly Listener[] = [
  on(DealerClosing, (tx, { dealerId }) => lockListings(tx, dealerId)),
  on(DealerClosed, (tx, { dealerId }) => archiveListings(tx, dealerId)),
];

const listed = Object.entries(archiving)
  .filter(([, step]) => step === 'DO')
  .map(([status]) => status as keyof typeof archiving);

/** By id, as everybody locks several of them: what is negotiated about any of them stands still from now on. */
async function lockListings(tx: Tx, dealerId: string): Promise<void> {
  await tx.em
    .createQueryBuilder(Vehicle, 'v')
    .select('id')
    .where({ dealer: dealerId, status: { $in: [...listed, 'PENDING'] } })
    .orderBy({ id: 'asc' })
    .setLockMode(LockMode.PESSIMISTIC_WRITE)
    .execute('all');
}

/**
 * Takes all that a dealer lists off the market, in one statement: there may be tens of thousands. No `VehicleArchived` is
 * told of each; who negotiates about any of them hears of `DealerClosed` itself.
 */
async function archiveListings(tx: Tx, dealerId: string): Promise<void> {
  // What was released just now is still to be written.
  await tx.em.flush();
  const { rows } = await sql<{ id: string }>`
    update vehicles set status = 'ARCHIVED', market_stale = true, updated_at = ${tx.clock.now().getTime()}
    where dealer_id = ${dealerId} and status in (${sql.join(listed)}) returning id`.execute(
    tx.em.getKysely(),
  );
  for (const { id } of rows) announceVehicle(tx, id);
}
