import { MikroORM, type Options, type Ref } from '@mikro-orm/core';
import { Entity, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { BaseEntity, CentsType, InstantType } from '../../../src/kernel/base.entity.js';
import type { Ctx } from '../../../src/kernel/context.js';
import { CursorKeys } from '../../../src/kernel/cursor.js';
import { Loaders } from '../../../src/kernel/loader.js';
import { defineShape, type Shape } from '../../../src/kernel/reads.js';
import type { Selection } from '../../../src/kernel/selection.js';
import { sqliteDriver } from '../../../src/platform/database/sqlite.js';

// Entities of no room: what is tested is how rows are read, whatever they are.

@Entity({ tableName: 'makers' })
export class Maker extends BaseEntity {
  @Property({ type: 'string' })
  name!: string;

  @Property({ type: 'string' })
  secret!: string;
}

@Entity({ tableName: 'cars' })
export class Car extends BaseEntity {
  @ManyToOne(() => Maker, { ref: true })
  maker!: Ref<Maker>;

  @ManyToOne(() => Maker, { ref: true, nullable: true })
  importer: Ref<Maker> | null = null;

  @Property({ type: 'string' })
  title!: string;

  @Property({ type: 'integer' })
  rank!: number;

  @Property({ type: CentsType })
  price!: number;

  @Property({ type: 'boolean' })
  sold!: boolean;

  @Property({ type: InstantType, nullable: true })
  soldAt: Date | null = null;

  @Property({ type: 'json' })
  tags!: string[];
}

@Entity({ tableName: 'parts' })
export class Part extends BaseEntity {
  @ManyToOne(() => Car, { ref: true })
  car!: Ref<Car>;

  @Property({ type: 'string' })
  label!: string;
}

export const makerShape = defineShape<Maker>({ entity: Maker });
export const carShape: Shape<Car> = defineShape<Car>({
  entity: Car,
  needs: { madeBy: ['maker.name'], summary: ['title', 'price'], nothing: [] },
  one: { maker: () => makerShape, importer: () => makerShape },
  many: { parts: { shape: () => partShape, by: 'car', orderBy: ['label', 'id'] } },
});
export const partShape: Shape<Part> = defineShape<Part>({ entity: Part, one: { car: () => carShape } });

export interface Garage {
  readonly ctx: Ctx;
  /** What was sent to the database since the last call. */
  sent(): string[];
  close(): Promise<void>;
}

/** An empty database in memory with these three tables. */
export async function openGarage(): Promise<Garage> {
  const statements: string[] = [];
  const orm = await MikroORM.init({
    driver: sqliteDriver({ observe: (statement) => void statements.push(statement), warn: () => undefined }),
    dbName: ':memory:',
    entities: [Maker, Car, Part],
    allowGlobalContext: false,
  } as unknown as Options);
  await orm.schema.create();
  const em = orm.em.fork() as SqlEntityManager;
  const policy = { pageSize: 3, maxPageSize: 5 };
  const cursors = new CursorKeys([new Uint8Array(32)]);
  return {
    ctx: { em, policy, cursors, loaders: new Loaders() } as unknown as Ctx,
    sent: () => statements.splice(0).map((statement) => statement.replace(/\s+/g, ' ').trim()),
    close: () => orm.close(true),
  };
}

/** `{ id: true, maker: { name: true } }` as a selection. */
export function select(fields: object): Selection {
  return new Map(
    Object.entries(fields).map(([name, sub]) => [name, select(sub === true ? {} : (sub as object))]),
  );
}
