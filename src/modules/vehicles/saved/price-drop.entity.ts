import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { BaseEntity, CentsType } from '../../../kernel/base.entity.js';
import type { Cents } from '../../../kernel/money.js';
import { Vehicle } from '../vehicle.entity.js';

/** A price that fell and of which those who saved the vehicle before are still to be told; gone once they are. */
@Entity({ tableName: 'price_drops' })
@Index({ name: 'price_drops_due_index', properties: ['createdAt', 'id'] })
@Index({ name: 'price_drops_vehicle_index', properties: ['vehicle'] })
export class PriceDrop extends BaseEntity {
  @ManyToOne(() => Vehicle, { ref: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;

  @Property({ type: CentsType })
  fromPrice!: Cents;

  @Property({ type: CentsType })
  toPrice!: Cents;

  /** The id of the last SavedVehicle whose owner was told, in the order of ids; null before the first. */
  @Property({ type: 'uuid', nullable: true })
  toldUpTo: string | null = null;
}
