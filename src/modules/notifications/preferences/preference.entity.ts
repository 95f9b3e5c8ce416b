import type { Ref } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { User } from '../../accounts/index.js';
import type { NotificationKind } from '../notification.entity.js';

/** Where somebody wants it otherwise than it is by default; who wants nothing else has no row. */
@Entity({ tableName: 'notification_preferences' })
export class Preference {
  @ManyToOne(() => User, { ref: true, primary: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @PrimaryKey({ type: 'string', length: 30 })
  kind!: NotificationKind;

  @Property({ type: 'boolean' })
  email!: boolean;
}
