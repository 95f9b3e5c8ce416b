import type { Opt } from '@mikro-orm/core';
import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
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

/** An account. Its profile lies in the same row: it is never read without it. */
@Entity({ tableName: 'users' })
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

  changePassword(passwordHash: string, now: Date): void {
    this.passwordHash = passwordHash;
    this.touch(now);
  }
}
