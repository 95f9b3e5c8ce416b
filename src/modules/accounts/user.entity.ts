import { randomUUID } from 'node:crypto';
import type { Opt } from '@mikro-orm/core';
import { Entity, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { BaseEntity, InstantType } from '../../kernel/base.entity.js';
import type { UserType as UserTypeName } from '../../kernel/context.js';
import { EmailAddressScalar } from '../../kernel/scalars.js';

export const UserType = { BUYER: 'BUYER', DEALER: 'DEALER', ADMIN: 'ADMIN' } as const;
export type UserType = UserTypeName;
registerEnumType(UserType, {
  name: 'UserType',
  description: 'What an account is for.',
  valuesConfig: {
    BUYER: { description: 'Looks for a car and makes offers.' },
    DEALER: { description: 'Lists vehicles for a dealership and answers offers.' },
    ADMIN: { description: 'Verifies dealers. Made on the command line; nobody registers as one.' },
  },
});

/** What a person tells of itself. */
export interface Profile {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phone: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
}

/** An account. Its profile lies in the same row: it is never read without it. */
@Entity({ tableName: 'users' })
@Index({ name: 'users_type_index', properties: ['userType'], where: 'deleted_at is null' })
@ObjectType({ description: 'An account, as its owner and admins see it. Other people see PublicUser.' })
export class User extends BaseEntity {
  /** Lower case: addresses compare without case. */
  @Property({ type: 'string', length: 254 })
  @Unique({ name: 'users_email_unique' })
  @Field(() => EmailAddressScalar, { description: 'The address it signs in with, in lower case.' })
  email!: string;

  /** argon2id in PHC string format. Lazy: only a sign-in loads it. */
  @Property({ type: 'string', length: 255, lazy: true, hidden: true })
  passwordHash!: string;

  @Property({ type: 'string', length: 10 })
  @Field(() => UserType, { description: 'What the account is for.' })
  userType!: UserType;

  @Property({ type: 'boolean' })
  @Field(() => Boolean, { description: 'Whether the address was proved to be its own.' })
  emailVerified: boolean & Opt = false;

  @Property({ type: 'string', length: 100, nullable: true })
  firstName: string | null = null;

  @Property({ type: 'string', length: 100, nullable: true })
  lastName: string | null = null;

  @Property({ type: 'string', length: 100, nullable: true })
  phone: string | null = null;

  @Property({ type: 'string', length: 100, nullable: true })
  city: string | null = null;

  @Property({ type: 'string', length: 100, nullable: true })
  state: string | null = null;

  @Property({ type: 'string', length: 100, nullable: true })
  postalCode: string | null = null;

  /** The picture in the storage; its thumbnail has a key that follows from this one. */
  @Property({ type: 'string', length: 200, nullable: true })
  avatarKey: string | null = null;

  /** Since when the account is gone. The row stays, without anything personal: negotiations name it. */
  @Property({ type: InstantType, nullable: true })
  deletedAt: Date | null = null;

  promote(now: Date): void {
    this.userType = 'ADMIN';
    this.touch(now);
  }

  /** Leaves of an account what negotiations point at. `passwordHash` is one that no password gives. */
  erase(passwordHash: string, now: Date): void {
    const nothing = {
      firstName: null,
      lastName: null,
      phone: null,
      city: null,
      state: null,
      postalCode: null,
    };
    Object.assign(this, nothing, { avatarKey: null, emailVerified: false, passwordHash, deletedAt: now });
    // A random one: ids are known to others, who could have registered an address made of one before.
    this.email = `${randomUUID()}@deleted.invalid`;
    this.touch(now);
  }

  changeProfile(changes: Partial<Profile>, now: Date): void {
    Object.assign(this, changes);
    this.touch(now);
  }

  /** Shows another picture, and returns the key of the one that it showed before. */
  showAvatar(key: string, now: Date): string | null {
    const before = this.avatarKey;
    this.avatarKey = key;
    this.touch(now);
    return before;
  }

  /** Somebody has read a mail that was sent to the address. */
  proveEmail(now: Date): void {
    this.emailVerified = true;
    this.touch(now);
  }

  changePassword(passwordHash: string, now: Date): void {
    this.passwordHash = passwordHash;
    this.touch(now);
  }
}
