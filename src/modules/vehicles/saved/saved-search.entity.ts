import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity, InstantType } from '../../../kernel/base.entity.js';
import { User } from '../../accounts/index.js';
import { Vehicle } from '../vehicle.entity.js';

/** A filter that somebody comes back to, and may be told of what newly matches it. */
@Entity({ tableName: 'saved_searches' })
@Index({ name: 'saved_searches_user_index', properties: ['user', 'createdAt', 'id'] })
export class SavedSearch extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @Property({ type: 'string', length: 100 })
  name!: string;

  /** A VehicleFilter, as it was given: money as text, what was left out left out. */
  @Property({ type: 'json' })
  filter!: Record<string, unknown>;

  @Property({ type: 'boolean' })
  alertsEnabled!: boolean;

  /** What matched before this its owner has seen. */
  @Property({ type: InstantType })
  seenAt!: Date;
}

/** That a vehicle has matched a search: once, whatever becomes of either. */
@Entity({ tableName: 'saved_search_matches' })
@Unique({ name: 'saved_search_matches_unique', properties: ['search', 'vehicle'] })
@Index({ name: 'saved_search_matches_seen_index', properties: ['search', 'createdAt'] })
@Index({ name: 'saved_search_matches_vehicle_index', properties: ['vehicle'] })
export class SavedSearchMatch extends BaseEntity {
  @ManyToOne(() => SavedSearch, { ref: true, deleteRule: 'cascade' })
  search!: Ref<SavedSearch>;

  @ManyToOne(() => Vehicle, { ref: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;
}
