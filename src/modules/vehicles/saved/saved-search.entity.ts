import { type Ref, Reference } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ObjectType } from 'type-graphql';
import { BaseEntity } from '../../../kernel/base.entity.js';
import { User } from '../../accounts/index.js';
import { Vehicle } from '../vehicle.entity.js';
import type { StoredFilter } from './filter-json.js';

export interface NewSearch {
  readonly name: string;
  readonly filter: StoredFilter;
  readonly alertsEnabled: boolean;
}

/** A filter that somebody comes back to, and may be told of what newly matches it. Only what was seen of it changes. */
@Entity({ tableName: 'saved_searches' })
@Index({ name: 'saved_searches_user_index', properties: ['user', 'createdAt', 'id'] })
@ObjectType({
  description: 'A filter of the market that somebody has kept, to be told of what newly matches it.',
})
export class SavedSearch extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @Property({ type: 'string', length: 100 })
  @Field(() => String, { description: 'What its owner calls it; two may have the same name.' })
  name!: string;

  /** A VehicleFilter, as it was given: money as text, what was left out left out. */
  @Property({ type: 'json' })
  filter!: StoredFilter;

  @Property({ type: 'boolean' })
  @Field(() => Boolean, {
    description: 'Whether each new match is told by a notification. New matches are counted either way.',
  })
  alertsEnabled!: boolean;

  /** Matches with greater ids are new to its owner. */
  @Property({ type: 'uuid' })
  seenUpTo!: string;

  static of(userId: string, { name, filter, alertsEnabled }: NewSearch, at: Date): SavedSearch {
    const search = Object.assign(new SavedSearch(), { name, filter, alertsEnabled });
    search.user = Reference.createFromPK(User, userId);
    search.seenUpTo = search.id;
    search.createdAt = at;
    search.updatedAt = at;
    return search;
  }

  markSeen(upTo: string, at: Date): void {
    if (upTo <= this.seenUpTo) return;
    this.seenUpTo = upTo;
    this.touch(at);
  }
}

/** That a vehicle has matched a search: once, whatever becomes of either. */
@Entity({ tableName: 'saved_search_matches' })
@Unique({ name: 'saved_search_matches_unique', properties: ['search', 'vehicle'] })
@Index({ name: 'saved_search_matches_seen_index', properties: ['search', 'id'] })
@Index({ name: 'saved_search_matches_vehicle_index', properties: ['vehicle'] })
export class SavedSearchMatch extends BaseEntity {
  @ManyToOne(() => SavedSearch, { ref: true, deleteRule: 'cascade' })
  search!: Ref<SavedSearch>;

  @ManyToOne(() => Vehicle, { ref: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;
}
