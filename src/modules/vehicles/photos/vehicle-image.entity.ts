import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, Int, ObjectType } from 'type-graphql';
import { BaseEntity } from '../../../kernel/base.entity.js';
import { Vehicle } from '../vehicle.entity.js';

/** A photo of a vehicle. The file lies in the storage under `key`, its thumbnail beside it. */
@Entity({ tableName: 'vehicle_images' })
@Index({ name: 'vehicle_images_vehicle_index', properties: ['vehicle', 'position', 'id'] })
@Index({ name: 'vehicle_images_key_index', properties: ['key'] })
@ObjectType({ description: 'A photo of a vehicle.' })
export class VehicleImage extends BaseEntity {
  @ManyToOne(() => Vehicle, { ref: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;

  @Property({ type: 'string', length: 200 })
  key!: string;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Of the picture behind `url`, in pixels.' })
  width!: number;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Of the picture behind `url`, in pixels.' })
  height!: number;

  @Property({ type: 'string', length: 200, nullable: true })
  alt: string | null = null;

  /** 0, 1, 2, …, without holes: whoever changes them holds the vehicle's lock. */
  @Property({ type: 'integer' })
  @Field(() => Int, { description: "Its place in the dealer's order, from 0." })
  position!: number;
}
