import { type Ref, Reference } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '../../../kernel/base.entity.js';
import { User } from '../../accounts/index.js';
import { Vehicle } from '../vehicle.entity.js';

/** That somebody keeps a vehicle in mind, and since when (`createdAt`). */
@Entity({ tableName: 'saved_vehicles' })
@Unique({ name: 'saved_vehicles_unique', properties: ['user', 'vehicle'] })
@Index({ name: 'saved_vehicles_user_index', properties: ['user', 'createdAt', 'id'] })
@Index({ name: 'saved_vehicles_vehicle_index', properties: ['vehicle', 'id'] })
@Index({ name: 'saved_vehicles_day_index', properties: ['createdAt', 'vehicle'] })
export class SavedVehicle extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @ManyToOne(() => Vehicle, { ref: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;

  static of(userId: string, vehicleId: string, at: Date): SavedVehicle {
    const saved = new SavedVehicle();
    saved.user = Reference.createFromPK(User, userId);
    saved.vehicle = Reference.createFromPK(Vehicle, vehicleId);
    saved.createdAt = at;
    saved.updatedAt = at;
    return saved;
  }
}
