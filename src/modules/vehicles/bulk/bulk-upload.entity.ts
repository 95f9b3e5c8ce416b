import type { Ref } from '@mikro-orm/core';
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

/** What is wrong with a row, as it is kept. */
export interface BulkUploadFault {
  readonly line: number;
  readonly column: string | null;
  readonly message: string;
}

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
  status: BulkUploadStatus = 'QUEUED';

  @Property({ type: 'boolean' })
  @Field(() => Boolean, { description: 'Whether it only tells what it would do.' })
  dryRun!: boolean;

  /** Whether rows that are new go on the market at once. */
  @Property({ type: 'boolean' })
  publish!: boolean;

  /** Rows read so far, good and bad: where another process takes over. */
  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Rows read so far; once it is COMPLETED, all of them.' })
  totalRows: number = 0;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Vehicles added.' })
  created: number = 0;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Vehicles changed, found by their VIN.' })
  updated: number = 0;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Rows that were refused.' })
  failed: number = 0;

  /** The first of them; `failed` counts all. */
  @Property({ type: 'json' })
  errors: BulkUploadFault[] = [];

  @Property({ type: 'text', nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is FAILED; else null.' })
  failure: string | null = null;

  /** Until when the process that reads it is taken to be alive. */
  @Property({ type: InstantType, nullable: true })
  leasedUntil: Date | null = null;

  @Property({ type: InstantType, nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it came to its end.' })
  finishedAt: Date | null = null;
}
