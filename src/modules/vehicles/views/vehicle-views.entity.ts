import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Vehicle } from '../vehicle.entity.js';

/** How often a vehicle was looked at on a day. */
@Entity({ tableName: 'vehicle_views' })
@Index({ name: 'vehicle_views_day_index', properties: ['day'] })
export class VehicleViews {
  @ManyToOne(() => Vehicle, { ref: true, primary: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;

  /** Of UTC, as ISO 8601: "2026-11-22". */
  @PrimaryKey({ type: 'string', length: 10 })
  day!: string;

  @Property({ type: 'integer' })
  count!: number;
}
