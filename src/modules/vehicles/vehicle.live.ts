import { BusIterator } from '../../kernel/bus-iterator.js';
import type { Ctx } from '../../kernel/context.js';
import { notFound } from '../../kernel/errors.js';
import type { BusMessage } from '../../kernel/ports.js';
import { type Row, readById } from '../../kernel/reads.js';
import { leavesOf, type Selection } from '../../kernel/selection.js';
import { shareImagesOf } from './photos/vehicle-image.loaders.js';
import type { Vehicle } from './vehicle.entity.js';
import { vehicleTopic } from './vehicle.events.js';
import { readVisibleVehicle } from './vehicle.reads.js';
import { vehicleShape } from './vehicle.shapes.js';

/** What a screen shows of a change: read once for all who follow the vehicle on this node. */
const shared: Selection = leavesOf(
  'id',
  'vin',
  'make',
  'model',
  'year',
  'trim',
  'mileage',
  'askingPrice',
  'msrp',
  'status',
  'isNegotiable',
  'updatedAt',
  'soldAt',
);

/** A bus hands the same message to all of its listeners: the read hangs on it. */
const reads = new WeakMap<BusMessage, Promise<Row<Vehicle> | null>>();

/** Follows a vehicle that the viewer may see. NOT_FOUND for any other. */
export async function followVehicle(ctx: Ctx, id: string): Promise<AsyncIterableIterator<Row<Vehicle>>> {
  const changes = new BusIterator(ctx.bus, vehicleTopic(id));
  try {
    if (!(await readVisibleVehicle(ctx, id, new Map()))) throw notFound('Vehicle');
  } catch (error) {
    await changes.return();
    throw error;
  }
  const rows: AsyncIterableIterator<Row<Vehicle>> = {
    [Symbol.asyncIterator]: () => rows,
    async next() {
      const { value: message, done } = await changes.next();
      if (done) return { value: undefined, done: true };
      const row = await freshRow(ctx, id, message);
      // Deleted: there is nothing left to follow.
      return row ? { value: row, done: false } : (rows.return?.() as Promise<IteratorResult<Row<Vehicle>>>);
    },
    async return() {
      await changes.return();
      return { value: undefined, done: true };
    },
  };
  return rows;
}

function freshRow(ctx: Ctx, id: string, message: BusMessage): Promise<Row<Vehicle> | null> {
  const known = reads.get(message);
  if (known) return known;
  const read = readById(ctx, vehicleShape, id, shared).then((row) => {
    if (row) shareImagesOf(row);
    return row;
  });
  reads.set(message, read);
  return read;
}
