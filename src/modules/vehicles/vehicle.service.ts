import { LockMode } from '@mikro-orm/core';
import { requireType } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import { isForeignKeyViolation } from '../../kernel/constraints.js';
import type { Ctx, Viewer } from '../../kernel/context.js';
import { AppError, conflict, forbidden, notFound } from '../../kernel/errors.js';
import type { Cents } from '../../kernel/money.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { Dealer, holdDealerOf } from '../dealers/index.js';
import { assertTerms, type DealersRules, type Terms } from './dealers-rules/dealers-rules.js';
import { discardPhotos, photoKeysOf } from './photos/vehicle-image.files.js';
import { learnWords } from './search/search-words.service.js';
import { Vehicle, type VehicleDetails } from './vehicle.entity.js';
import type { VehicleStatus } from './vehicle.enums.js';
import { announceVehicle, VehicleArchived, VehiclePublished, VehicleRepriced } from './vehicle.events.js';
import type { CreateVehicleInput, UpdateVehicleInput } from './vehicle.inputs.js';
import { isOnView, mayPublish, ownsVehicle } from './vehicle.policy.js';
import { archiving, editing, newVehicleOf, publishing, vehicleChangesOf } from './vehicle.rules.js';
import { fillFromVin } from './vin/vin-fill.js';

/**
 * Adds a vehicle to the viewer's inventory, on the market at once if asked. What was left out is what its VIN says.
 * Returns its id.
 */
export async function createVehicle(ctx: Ctx, input: CreateVehicleInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const [filled = input] = await fillFromVin(ctx, [input]);
  const { vin, askingPrice, details, rules } = newVehicleOf(filled, ctx.clock.now());
  return write(ctx, async (tx) => {
    const dealer = await holdDealerOf(tx, viewer);
    if (!dealer) throw forbidden('Register your dealership before you list vehicles.');
    const { vehicle, firstPrice } = Vehicle.draft(
      tx.em.getReference(Dealer, dealer.id, { wrapped: true }),
      vin,
      askingPrice,
      details,
      tx.clock.now(),
    );
    vehicle.setRules(rules);
    tx.em.persist([vehicle, firstPrice]);
    if (input.publish) await putOnTheMarket(tx, dealer, vehicle);
    return vehicle.id;
  });
}

/** VEHICLE_UNAVAILABLE where its status no longer allows the change. */
export async function updateVehicle(ctx: Ctx, input: UpdateVehicleInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const { details, askingPrice, rules } = vehicleChangesOf(input, ctx.clock.now());
  return write(ctx, async (tx) => {
    const { vehicle } = await lockOwnVehicle(tx, viewer, input.id);
    const status: VehicleStatus = vehicle.status;
    if (!editing[status].details) throw unavailable(`A vehicle that is ${status} cannot be changed.`);
    await changeListing(tx, vehicle, details, askingPrice, rules);
    return vehicle.id;
  });
}

/** Does nothing to a vehicle that is on the market. CONFLICT once a price is agreed for it. */
export async function publishVehicle(ctx: Ctx, id: string): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  return write(ctx, async (tx) => {
    const { vehicle, dealer } = await lockOwnVehicle(tx, viewer, id);
    const step = publishing[vehicle.status as VehicleStatus];
    if (step === 'REFUSE') throw conflict(`A vehicle that is ${vehicle.status} cannot be published.`);
    if (step === 'DO') await putOnTheMarket(tx, dealer, vehicle);
    return vehicle.id;
  });
}

/** Does nothing to an archived vehicle. CONFLICT once a price is agreed for it. */
export async function archiveVehicle(ctx: Ctx, id: string): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  return write(ctx, async (tx) => {
    const { vehicle, dealer } = await lockOwnVehicle(tx, viewer, id);
    const step = archiving[vehicle.status as VehicleStatus];
    if (step === 'REFUSE') throw conflict(`A vehicle that is ${vehicle.status} cannot be archived.`);
    if (step === 'DONE') return vehicle.id;
    vehicle.archive(tx.clock.now());
    await tx.happened(new VehicleArchived(vehicle.id, dealer.id));
    announceVehicle(tx, vehicle.id);
    return vehicle.id;
  });
}

/** Its price history and its photos go with it. CONFLICT where it was ever negotiated: the foreign key says so. */
export async function deleteVehicle(ctx: Ctx, id: string): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  try {
    const photos = await write(ctx, async (tx) => {
      const { vehicle } = await lockOwnVehicle(tx, viewer, id);
      const keys = await photoKeysOf(tx, vehicle.id);
      tx.em.remove(vehicle);
      announceVehicle(tx, vehicle.id);
      return keys;
    });
    await discardPhotos(ctx, photos);
    return id;
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error;
    throw conflict('A vehicle that was negotiated cannot be deleted. Archive it instead.');
  }
}

export async function putOnTheMarket(tx: Tx, dealer: Dealer, vehicle: Vehicle): Promise<void> {
  if (!mayPublish(dealer)) throw notVerified();
  vehicle.publish(tx.clock.now());
  learnWords(tx, vehicle);
  await tx.happened(new VehiclePublished(vehicle.id, dealer.id));
  announceVehicle(tx, vehicle.id);
}

/**
 * The caller holds the vehicle's lock, and knows that its status allows the change. VEHICLE_UNAVAILABLE for the price
 * alone, BAD_USER_INPUT where price and rules would not go together. Of a change of its rules nobody hears.
 */
export async function changeListing(
  tx: Tx,
  vehicle: Vehicle,
  details: Partial<VehicleDetails>,
  askingPrice: Cents | undefined,
  rules: Partial<DealersRules> = {},
): Promise<void> {
  const price = askingPrice === vehicle.askingPrice ? undefined : askingPrice;
  if (price !== undefined && !editing[vehicle.status as VehicleStatus].price) {
    throw unavailable(`The asking price of a vehicle that is ${vehicle.status} cannot be changed.`);
  }
  assertTermsAfter(vehicle, price, rules);
  vehicle.setRules(rules);
  const saysMore = Object.keys(details).length > 0;
  if (saysMore) vehicle.revise(details, tx.clock.now());
  if (vehicle.status === 'ACTIVE' && (details.make || details.model)) learnWords(tx, vehicle);
  if (price !== undefined) await reprice(tx, vehicle, price);
  if (saysMore || price !== undefined) announceVehicle(tx, vehicle.id);
}

function assertTermsAfter(vehicle: Vehicle, price: Cents | undefined, rules: Partial<DealersRules>): void {
  const { askingPrice, autoAcceptAt, autoDeclineBelow } = vehicle;
  const changes = { ...rules, ...(price === undefined ? {} : { askingPrice: price }) };
  const named = new Set(Object.keys(changes) as Array<keyof Terms>);
  if (named.size > 0) assertTerms({ askingPrice, autoAcceptAt, autoDeclineBelow, ...changes }, named);
}

async function reprice(tx: Tx, vehicle: Vehicle, price: Cents): Promise<void> {
  const from = vehicle.askingPrice;
  tx.em.persist(vehicle.reprice(price, tx.clock.now()));
  await tx.happened(new VehicleRepriced(vehicle.id, from, price));
}

/**
 * The vehicle under its lock, its dealer held before it, if it is the viewer's own. Others learn no more of it than they
 * may see anyway. `what` was asked for: a part of the vehicle is not found where the vehicle is not.
 */
export async function lockOwnVehicle(
  tx: Tx,
  viewer: Viewer,
  id: string,
  what = 'Vehicle',
): Promise<{ vehicle: Vehicle; dealer: Dealer }> {
  const dealer = await holdDealerOf(tx, viewer);
  const vehicle = isUuid(id)
    ? await tx.em.findOne(Vehicle, id, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (!vehicle) throw notFound(what);
  if (dealer && ownsVehicle(dealer, vehicle)) return { vehicle, dealer };
  throw isOnView(vehicle.status) ? forbidden() : notFound(what);
}

export function unavailable(message: string): AppError {
  return new AppError('VEHICLE_UNAVAILABLE', message);
}

export function notVerified(): AppError {
  return new AppError(
    'DEALER_NOT_VERIFIED',
    'Your dealership must be verified before it publishes vehicles.',
  );
}
