import { type Ref, Reference } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, Int, ObjectType } from 'type-graphql';
import { BaseEntity } from '../../../kernel/base.entity.js';
import type { StoredPicture } from '../../../kernel/pictures.js';
import { Vehicle } from '../vehicle.entity.js';

/** What is told of a photo. */
export interface Photo extends StoredPicture {
  readonly alt: string | null;
  readonly position: number;
}

/** A photo of a vehicle. The file lies in the storage under `key`, its thumbnail beside it. */
@Entity({ tableName: 'vehicle_images' })
@Index({ name: 'vehicle_images_vehicle_index', properties: ['vehicle', 'position', 'id'] })
@Index({ name: 'vehicle_images_key_index', properties: ['key'] })
@ObjectType({ description: 'A photo of a vehicle, in WebP. The files never change under their addresses.' })
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

  /** As the dealer wrote it; where it wrote nothing the text is made of the vehicle when it is read. */
  @Property({ type: 'string', length: 200, nullable: true })
  alt: string | null = null;

  /** 0, 1, 2, …, without holes: whoever changes them holds the vehicle's lock. */
  @Property({ type: 'integer' })
  @Field(() => Int, { description: "Its place in the dealer's order, from 0." })
  position!: number;

  static of(vehicleId: string, photo: Photo, at: Date): VehicleImage {
    const image = new VehicleImage();
    Object.assign(image, photo, { createdAt: at, updatedAt: at });
    image.vehicle = Reference.createFromPK(Vehicle, vehicleId);
    return image;
  }

  moveTo(position: number, at: Date): void {
    if (position === this.position) return;
    this.position = position;
    this.touch(at);
  }
}
