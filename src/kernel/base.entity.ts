import { type Opt, Type } from '@mikro-orm/core';
import { PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';
import { v7 as uuidv7 } from 'uuid';
import { DateTimeScalar } from './scalars.js';

/**
 * A moment as UTC milliseconds in an integer column, on both databases: they then sort, compare and page alike, and
 * no driver's idea of a time zone comes between.
 */
export class InstantType extends Type<Date | null, number | string | null> {
  override convertToDatabaseValue(value: Date | number | string | null): number | null {
    if (value === null || value === undefined) return null;
    return value instanceof Date ? value.getTime() : Number(value);
  }

  override convertToJSValue(value: number | string | null): Date | null {
    return value === null || value === undefined ? null : new Date(Number(value));
  }

  override getColumnType(): string {
    return 'bigint';
  }

  override compareAsType(): string {
    return 'number';
  }

  override get runtimeType(): string {
    return 'Date';
  }

  override ensureComparable(): boolean {
    return true;
  }
}

/** Integer cents in a 64-bit column, a plain number in code (PostgreSQL's driver hands 64-bit integers out as text). */
export class CentsType extends Type<number | null, number | string | null> {
  override convertToJSValue(value: number | string | null): number | null {
    return value === null || value === undefined ? null : Number(value);
  }

  override getColumnType(): string {
    return 'bigint';
  }

  override compareAsType(): string {
    return 'number';
  }

  override get runtimeType(): string {
    return 'number';
  }
}

/** What every row has: a time-ordered id (UUIDv7, RFC 9562) and the moments of its making and last change. */
@ObjectType()
export abstract class BaseEntity {
  @PrimaryKey({ type: 'uuid' })
  @Field(() => ID, { description: 'A UUID; later rows have greater ones.' })
  id: string & Opt = uuidv7();

  @Property({ type: InstantType })
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt: Date & Opt = new Date();

  @Property({ type: InstantType })
  updatedAt: Date & Opt = new Date();

  /** Every change through an entity method says when it happened, by the clock of the operation. */
  protected touch(at: Date): void {
    this.updatedAt = at;
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a client's ID can name a row at all; PostgreSQL answers anything else with a driver error. Ours are lower case. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
