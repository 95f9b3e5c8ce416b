import { randomUUID } from 'node:crypto';
import type { EntityClass } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { jsonRows } from '../../src/kernel/json-rows.js';
import { User } from '../../src/modules/accounts/index.js';
import { Dealer } from '../../src/modules/dealers/index.js';
import { Negotiation, NegotiationEvent, Offer } from '../../src/modules/negotiations/index.js';
import { Vehicle } from '../../src/modules/vehicles/index.js';

export interface Crowd {
  readonly negotiations: readonly string[];
  readonly buyers: readonly string[];
  readonly vehicles: readonly string[];
}

interface CrowdOptions {
  readonly count: number;
  readonly buyers: number;
  readonly dealers: number;
  /** Negotiations about one vehicle; there are no fewer buyers. */
  readonly perVehicle: number;
}

/**
 * Many negotiations that stand as this one does, written by a few statements: between other buyers and dealers, about
 * other vehicles. Their clocks are its.
 */
export async function crowdLike(
  em: SqlEntityManager,
  negotiationId: string,
  options: CrowdOptions,
): Promise<Crowd> {
  const like = await em
    .fork()
    .findOneOrFail(Negotiation, { id: negotiationId }, { populate: ['dealer'] as never });
  const dealer = await em.fork().findOneOrFail(Dealer, { id: like.dealer.id });
  const owners = newIds(options.dealers);
  const dealers = newIds(options.dealers);
  const buyers = newIds(options.buyers);
  const vehicles = newIds(Math.ceil(options.count / options.perVehicle));
  const negotiations = newIds(options.count);
  const offers = newIds(options.count);
  const vehicleOf = (i: number) => Math.floor(i / options.perVehicle);
  const dealerOf = (vehicle: number) => dealers[vehicle % dealers.length] as string;
  const email = () => `${randomUUID()}@crowd.example`;

  await copy(
    em,
    User,
    dealer.user.id,
    owners.map((id) => ({ id, email: email() })),
  );
  await copy(
    em,
    User,
    like.buyer.id,
    buyers.map((id) => ({ id, email: email() })),
  );
  await copy(
    em,
    Dealer,
    dealer.id,
    dealers.map((id, i) => ({ id, user_id: owners[i] as string })),
  );
  await copy(
    em,
    Vehicle,
    like.vehicle.id,
    vehicles.map((id, i) => ({ id, dealer_id: dealerOf(i), vin: vinOf(i) })),
  );
  const parties = negotiations.map((id, i) => ({
    id,
    vehicle_id: vehicles[vehicleOf(i)] as string,
    buyer_id: buyers[i % buyers.length] as string,
    dealer_id: dealerOf(vehicleOf(i)),
  }));
  // Not yet its offer: that is to name it.
  await copy(
    em,
    Negotiation,
    like.id,
    parties.map((row) => ({ ...row, current_offer_id: null })),
  );
  const offerRows = parties.map(({ id, dealer_id }, i) => ({
    id: offers[i] as string,
    negotiation_id: id,
    dealer_id,
  }));
  await copy(em, Offer, like.currentOffer?.id as string, offerRows);
  await sql`update negotiations set current_offer_id = o.id from offers as o
    where o.negotiation_id = negotiations.id and negotiations.current_offer_id is null`.execute(
    em.getKysely(),
  );
  const last = await em.fork().findOneOrFail(NegotiationEvent, { negotiation: like.id, sequence: 1 });
  const entries = parties.map(({ id }, i) => ({
    id: uuidv7(),
    negotiation_id: id,
    offer_id: offers[i] as string,
  }));
  await copy(em, NegotiationEvent, last.id, entries);
  return { negotiations, buyers, vehicles };
}

function newIds(count: number): string[] {
  return Array.from({ length: count }, () => uuidv7());
}

/** None that a builder makes, nor right in its check digit: nobody asks. */
function vinOf(i: number): string {
  return `CRWD0000000${String(i).padStart(6, '0')}`;
}

type Cells = Readonly<Record<string, string | null>>;

/** Copies of a row, but for the cells that are given. */
async function copy(
  em: SqlEntityManager,
  entity: EntityClass<object>,
  id: string,
  rows: readonly Cells[],
): Promise<void> {
  const meta = em.getMetadata().get(entity);
  const given = Object.keys(rows[0] as Cells);
  const types = Object.fromEntries(
    given.map((name) => [name, name === 'email' || name === 'vin' ? 'text' : 'uuid'] as const),
  );
  const kept = meta.props
    .flatMap((property) => (property.persist === false ? [] : (property.fieldNames ?? [])))
    .filter((column) => !given.includes(column));
  const columns = (table: string, names: readonly string[]) =>
    names.map((name) => sql.ref(`${table}.${name}`));
  await sql`insert into ${sql.table(meta.tableName)} (${sql.join([...given, ...kept].map((name) => sql.ref(name)))})
    select ${sql.join([...columns('n', given), ...columns('o', kept)])}
    from ${jsonRows(em, 'n', types, rows)} cross join ${sql.table(meta.tableName)} as o
    where o.id = ${id}`.execute(em.getKysely());
}
