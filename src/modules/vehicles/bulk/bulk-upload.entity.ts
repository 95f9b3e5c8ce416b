import type { Opt, Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BaseEntity, InstantType } from '../../../kernel/base.entity.js';
import { enumOf } from '../../../kernel/enums.js';
import { DateTimeScalar } from '../../../kernel/scalars.js';
import { Dealer } from '../../dealers/index.js';

export const BulkUploadStatus = enumOf('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED');
export type BulkUploadStatus = keyof typeof BulkUploadStatus;
registerEnumType(BulkUploadStatus, {
  name: 'BulkUploadStatus',
  description: 'How far a file of vehicles has come.',
  valuesConfig: {
    QUEUED: { description: 'Received, and waiting for its turn.' },
    RUNNING: { description: 'Being read. What it has counted so far is in the inventory.' },
    COMPLETED: { description: 'Read to its end. Single rows may have failed: `errors` names them.' },
    FAILED: {
      description: 'Broken off: `failure` says why. What it has counted until then stays in the inventory.',
    },
  },
});

@ObjectType({ description: 'What is wrong with a row of a file.' })
export class BulkUploadRowError {
  @Field(() => Int, { description: 'The line of the file on which the row begins; the header is line 1.' })
  line!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The column, as the header of the file calls it; null where it is the row as a whole.',
  })
  column!: string | null;

  @Field(() => String, { description: 'What to do about it.' })
  message!: string;
}

/** What came of a batch of rows. */
export interface BatchCounts {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly failed: number;
  readonly errors: readonly BulkUploadRowError[];
}

/** A file that is wrong from end to end says so often enough. */
export const MAX_KEPT_ERRORS = 1_000;

/** Besides what any list is taken to cost: pages of uploads with all of these would keep the process busy for seconds. */
export const ERRORS_COST = MAX_KEPT_ERRORS;

/** A file of vehicles on its way into an inventory. Each batch of rows and what it adds to these figures are one transaction. */
@Entity({ tableName: 'bulk_uploads' })
@Index({ name: 'bulk_uploads_dealer_index', properties: ['dealer', 'createdAt', 'id'] })
@Index({ name: 'bulk_uploads_due_index', properties: ['status', 'leasedUntil'] })
@ObjectType({ description: 'A file of vehicles on its way into an inventory.' })
export class BulkUpload extends BaseEntity {
  @ManyToOne(() => Dealer, { ref: true, deleteRule: 'cascade' })
  dealer!: Ref<Dealer>;

  /** Where the file lies in the storage until it is read to its end; null from then on. */
  @Property({ type: 'string', length: 200, nullable: true })
  key!: string | null;

  @Property({ type: 'string', length: 10 })
  @Field(() => BulkUploadStatus, { description: 'How far it has come.' })
  status: BulkUploadStatus & Opt = 'QUEUED';

  @Property({ type: 'boolean' })
  @Field(() => Boolean, { description: 'Whether it only tells what it would do.' })
  dryRun!: boolean;

  /** Whether rows that are new go on the market at once. */
  @Property({ type: 'boolean' })
  publish!: boolean;

  /** Rows read so far, good and bad: where another process takes over. */
  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Rows read so far; once it is COMPLETED, all of them.' })
  totalRows: number & Opt = 0;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Vehicles added.' })
  created: number & Opt = 0;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Vehicles changed, found by their VIN.' })
  updated: number & Opt = 0;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Rows that were refused.' })
  failed: number & Opt = 0;

  @Property({ type: 'json' })
  @Field(() => [BulkUploadRowError], {
    complexity: ERRORS_COST,
    description:
      'What is wrong with them, in the order of the file: the first 1,000; `failed` counts all rows.',
  })
  errors: BulkUploadRowError[] & Opt = [];

  @Property({ type: 'json' })
  @Field(() => [String], { description: 'Columns of the file that mean nothing here.' })
  ignoredColumns: string[] & Opt = [];

  @Property({ type: 'text', nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is FAILED; else null.' })
  failure: string | null = null;

  /** Until when the process that reads it is taken to be alive. */
  @Property({ type: InstantType, nullable: true })
  leasedUntil: Date | null = null;

  @Property({ type: InstantType, nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it came to its end.' })
  finishedAt: Date | null = null;

  static receive(
    dealer: Ref<Dealer>,
    file: { key: string; ignoredColumns: string[] },
    wishes: { dryRun: boolean; publish: boolean },
    at: Date,
  ): BulkUpload {
    const upload = new BulkUpload();
    Object.assign(upload, { dealer, ...file, ...wishes, createdAt: at });
    upload.touch(at);
    return upload;
  }

  /** Whoever reads it goes on to hold it. */
  count(batch: BatchCounts, leasedUntil: Date, at: Date): void {
    this.totalRows += batch.rows;
    this.created += batch.created;
    this.updated += batch.updated;
    this.failed += batch.failed;
    const room = MAX_KEPT_ERRORS - this.errors.length;
    if (room > 0 && batch.errors.length > 0) this.errors = [...this.errors, ...batch.errors.slice(0, room)];
    this.leasedUntil = leasedUntil;
    this.touch(at);
  }

  /** For good. Returns the key of the file that nobody needs any more. */
  finish(failure: string | null, at: Date): string | null {
    const { key } = this;
    this.status = failure === null ? 'COMPLETED' : 'FAILED';
    this.failure = failure;
    this.finishedAt = at;
    this.leasedUntil = null;
    this.key = null;
    this.touch(at);
    return key;
  }
}
