import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity, InstantType } from '../../kernel/base.entity.js';
import { User } from './user.entity.js';

export type AccountTokenPurpose = 'PASSWORD_RESET' | 'EMAIL_VERIFICATION';

/** A secret that was sent to an account's address, good once. Only its digest is kept. */
@Entity({ tableName: 'account_tokens' })
@Index({ name: 'account_tokens_user_index', properties: ['user'] })
@Index({ name: 'account_tokens_expires_at_index', properties: ['expiresAt'] })
export class AccountToken extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @Property({ type: 'string', length: 20 })
  purpose!: AccountTokenPurpose;

  /** SHA-256 of the secret, in hexadecimal: it has 256 random bits, so no slow hash is needed. */
  @Property({ type: 'string', length: 64 })
  @Unique({ name: 'account_tokens_digest_unique' })
  digest!: string;

  @Property({ type: InstantType })
  expiresAt!: Date;

  @Property({ type: InstantType, nullable: true })
  usedAt: Date | null = null;

  isGood(now: Date): boolean {
    return this.usedAt === null && now < this.expiresAt;
  }
}
