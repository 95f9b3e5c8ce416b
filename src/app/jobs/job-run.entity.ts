import { BigIntType } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { InstantType } from '../../kernel/base.entity.js';

/**
 * What has become of a job of late, for an operator to see: written by whichever process ran it last. Nothing is decided
 * by it.
 */
@Entity({ tableName: 'job_runs' })
export class JobRun {
  @PrimaryKey({ type: 'string', length: 100 })
  name!: string;

  @Property({ type: InstantType, nullable: true })
  lastStartedAt: Date | null = null;

  @Property({ type: InstantType, nullable: true })
  lastFinishedAt: Date | null = null;

  @Property({ type: 'integer', nullable: true })
  lastDurationMs: number | null = null;

  /** How many things the last run that went well did. */
  @Property({ type: 'integer', nullable: true })
  lastCount: number | null = null;

  /** It stays after a run that went well: `failures` says whether it still matters. */
  @Property({ type: 'string', length: 500, nullable: true })
  lastError: string | null = null;

  @Property({ type: InstantType, nullable: true })
  lastErrorAt: Date | null = null;

  /** Runs in a row that failed, the last one included. */
  @Property({ type: 'integer', nullable: true })
  failures: number | null = null;

  /** Null: no process has planned one. */
  @Property({ type: InstantType, nullable: true })
  nextRunAt: Date | null = null;

  /** Milliseconds from one run to the next. */
  @Property({ type: 'integer' })
  everyMs!: number;

  /** Since ever and of all processes: runs, and things done. */
  @Property({ type: new BigIntType('number') })
  runs!: number;

  @Property({ type: new BigIntType('number') })
  done!: number;
}
