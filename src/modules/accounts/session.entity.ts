import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { BaseEntity, InstantType } from '../../kernel/base.entity.js';
import { User } from './user.entity.js';

/**
 * A sign-in, and the family of refresh tokens that came of it. Its id is the tokens' `sid`. Of the family one refresh
 * token is good at a time, the one whose `jti` stands here: rotation makes every earlier one a blacklisted one.
 */
@Entity({ tableName: 'sessions' })
@Index({ name: 'sessions_user_id_index', properties: ['user'] })
@Index({ name: 'sessions_revoked_at_index', properties: ['revokedAt'] })
@Index({ name: 'sessions_expires_at_index', properties: ['expiresAt'] })
export class Session extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @Property({ type: 'uuid' })
  refreshJti!: string;

  /** The token that was spent last, and when. */
  @Property({ type: 'uuid', nullable: true })
  previousJti: string | null = null;

  @Property({ type: InstantType, nullable: true })
  rotatedAt: Date | null = null;

  /**
   * A digest of the network and the User-Agent that the session's tokens were last given to; empty once it was ended
   * because somebody else may have them: that client is not known by it.
   */
  @Property({ type: 'string', length: 64, nullable: true })
  clientKey: string | null = null;

  @Property({ type: InstantType })
  expiresAt!: Date;

  @Property({ type: InstantType, nullable: true })
  revokedAt: Date | null = null;

  isLive(now: Date): boolean {
    return this.revokedAt === null && now < this.expiresAt;
  }

  rotate(jti: string, expiresAt: Date, clientKey: string | null, now: Date): void {
    this.previousJti = this.refreshJti;
    this.rotatedAt = now;
    this.refreshJti = jti;
    this.expiresAt = expiresAt;
    this.clientKey = clientKey;
    this.touch(now);
  }

  /**
   * Whether a spent token is the one spent last, come again within the grace from the client that spent it: a second
   * request beside the first, and no thief's. `clientKeys`: whatever that client may be called.
   */
  isStraggler(jti: string, clientKeys: readonly string[], now: Date, graceMs: number): boolean {
    if (jti !== this.previousJti || this.rotatedAt === null || this.clientKey === null) return false;
    return now.getTime() - this.rotatedAt.getTime() < graceMs && clientKeys.includes(this.clientKey);
  }

  revoke(now: Date): void {
    this.revokedAt ??= now;
    this.touch(now);
  }

  /** As `revoke`, where its tokens were in two hands. */
  revokeAsStolen(now: Date): void {
    this.revoke(now);
    this.clientKey = '';
  }
}
