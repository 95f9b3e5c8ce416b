import type { Opt } from '@mikro-orm/core';
import { Entity, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity, InstantType } from '../../kernel/base.entity.js';

/** QUEUED until it is SENT, DROPPED because it no longer had a point, or given up as FAILED after the last attempt. */
export type MailStatus = 'QUEUED' | 'SENT' | 'DROPPED' | 'FAILED';

/**
 * A mail to send, written in the transaction that causes it. It holds neither address nor text nor token: the template
 * finds the first two when it is sent, and makes the third.
 */
@Entity({ tableName: 'mails' })
@Index({ name: 'mails_due_index', properties: ['status', 'dueAt', 'id'] })
@Index({ name: 'mails_recipient_index', properties: ['recipientId'] })
@Unique({
  name: 'mails_burst_unique',
  properties: ['burstKey'],
  where: "status = 'QUEUED' and attempts = 0",
})
export class Mail extends BaseEntity {
  @Property({ type: 'string', length: 40 })
  kind!: string;

  /** An account of a room above, which this one does not know. */
  @Property({ type: 'uuid', nullable: true })
  recipientId: string | null = null;

  @Property({ type: 'json' })
  data!: Record<string, string>;

  /** What the one mail for a burst is known by, until the first attempt at it: what comes then gets the next mail. */
  @Property({ type: 'string', length: 120, nullable: true })
  burstKey: string | null = null;

  /** The first thing of its burst, as a number of whoever queued it. */
  @Property({ type: 'integer', nullable: true })
  burstFrom: number | null = null;

  @Property({ type: 'string', length: 10 })
  status: MailStatus & Opt = 'QUEUED';

  /** Attempts begun. The one under way is known by its number: an older one has nothing to say any more. */
  @Property({ type: 'integer' })
  attempts: number & Opt = 0;

  /** When it is tried next; while it is being tried, when it counts as not sent after all. Settled: when it was. */
  @Property({ type: InstantType })
  dueAt!: Date;

  @Property({ type: InstantType, nullable: true })
  sentAt: Date | null = null;

  /** What the last attempt that failed said: for the operator. */
  @Property({ type: 'string', length: 500, nullable: true })
  lastError: string | null = null;

  /** Takes it for one attempt, which nobody else begins again before `until`. */
  claim(now: Date, until: Date): void {
    this.attempts += 1;
    this.dueAt = until;
    this.touch(now);
  }
}
