import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Vehicle } from '../vehicle.entity.js';

/**
 * The day that the views of days long past are counted under: it lies before all days. How often a vehicle was looked at
 * is the sum of all its rows, this one included.
 */
export const LONG_PAST = '0000-00-00';

/** How often a vehicle was looked at on a day. */
@Entity({ tableName: 'vehicle_views' })
@Index({ name: 'vehicle_views_day_index', properties: ['day'] })
@Index({ name: 'vehicle_views_dealer_index', properties: ['dealerId', 'day', 'vehicle', 'count'] })
export class VehicleViews {
  @ManyToOne(() => Vehicle, { ref: true, primary: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;

  /** Of UTC, as ISO 8601: "2026-11-22". */
  @PrimaryKey({ type: 'string', length: 10 })
  day!: string;

  /** The vehicle's dealer, which is one for ever: a dealer's views are summed by an index over these rows alone. */
  @Property({ type: 'uuid' })
  dealerId!: string;

  @Property({ type: 'integer' })
  count!: number;
}
