import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { BaseEntity, CentsType } from '../../../kernel/base.entity.js';
import type { Cents } from '../../../kernel/money.js';
import { Vehicle } from '../vehicle.entity.js';

/**
 * A price that fell and of which some who had saved the vehicle are still to be told: those of a range of SavedVehicle
 * ids, told in their order. Rows of one vehicle never overlap, and change only under the vehicle's lock.
 */
@Entity({ tableName: 'price_drops' })
@Index({ name: 'price_drops_due_index', properties: ['createdAt', 'id'] })
@Index({ name: 'price_drops_vehicle_index', properties: ['vehicle'] })
export class PriceDrop extends BaseEntity {
  @ManyToOne(() => Vehicle, { ref: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;

  /** What they knew it to cost. */
  @Property({ type: CentsType })
  fromPrice!: Cents;

  /** All up to this id have been told, or have nothing to be told by this row; null before the first. */
  @Property({ type: 'uuid', nullable: true })
  toldUpTo: string | null = null;

  /** The last id that is to be told: who saved it later, saved it at the new price. */
  @Property({ type: 'uuid' })
  tellUpTo!: string;

  static of(vehicle: Ref<Vehicle>, fromPrice: Cents, range: SavedRange, at: Date): PriceDrop {
    const drop = Object.assign(new PriceDrop(), { vehicle, fromPrice });
    drop.toldUpTo = range.after;
    drop.tellUpTo = range.upTo;
    drop.createdAt = at;
    drop.updatedAt = at;
    return drop;
  }

  tell(upTo: string, at: Date): void {
    this.toldUpTo = upTo;
    this.touch(at);
  }
}

/** Ids behind `after`, from the first one where that is null, up to and with `upTo`. */
export interface SavedRange {
  readonly after: string | null;
  readonly upTo: string;
}
