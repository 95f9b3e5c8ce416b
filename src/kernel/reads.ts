import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from './context.js';
import type { Selection } from './selection.js';

/**
 * The read path. What only answers a selection is planned from it: the columns that the asked-for fields need, to-one
 * relations as joins of the same statement, to-many relations as one statement each, and plain rows out. No entity is
 * made and nothing is tracked (docs/adr/0002).
 */
export interface Shape<E extends object = object> {
  readonly entity: new (...args: never[]) => E;
  /**
   * GraphQL fields that are not a column of their own name: the properties they are computed from. `dealer.user`
   * reaches through a relation. An empty list means that the field reads nothing of the row.
   */
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  /** Properties that every read carries, because a policy or a computed state asks for them. The id always is. */
  readonly always?: readonly string[];
  /** How the rows behind to-one relations are read. */
  readonly one?: Readonly<Record<string, () => Shape>>;
  /** To-many relations: the child's shape, the child's property that points back, and the order (ascending). */
  readonly many?: Readonly<Record<string, { shape: () => Shape; by: string; orderBy: readonly string[] }>>;
}

export function defineShape<E extends object>(shape: Shape<E>): Shape<E> {
  return shape;
}

/** A row by property name; relations are rows too, and always hold their id. Only what was planned is there. */
export type Row<E> = {
  [K in keyof E as E[K] extends (...args: never[]) => unknown ? never : K]: NonNullable<E[K]> extends {
    unwrap(): infer R;
  }
    ? Row<R> | Extract<E[K], null>
    : E[K];
};

export type Condition = RawBuilder<unknown>;

/** The alias of the table that a read starts from, for conditions: sql`r.status = ${status}`. */
export const ROOT = 'r';

/** A number that the database computes for each row, from the row (`r`) or from what is joined to it. */
export interface Computed {
  /** Under this name the row has it. */
  readonly name: string;
  readonly value: RawBuilder<unknown>;
}

export interface ReadOptions {
  /** Joined behind the root table: sql`join … on … = r.dealer_id`. It gives each row of the root once, or leaves it out. */
  readonly join?: RawBuilder<unknown>;
  readonly where?: readonly Condition[];
  readonly orderBy?: RawBuilder<unknown>;
  readonly limit?: number;
  /** Properties needed beyond the selection, as paths. */
  readonly also?: readonly string[];
  readonly computed?: readonly Computed[];
}

/** Reads rows of a shape as far as a selection asks. One statement, and one more for each to-many relation in it. */
export async function readRows<E extends object>(
  ctx: Pick<Ctx, 'em'>,
  shape: Shape<E>,
  selection: Selection,
  options: ReadOptions = {},
): Promise<Row<E>[]> {
  const plan = new Plan(ctx.em, shape);
  plan.take(selection);
  for (const path of options.also ?? []) plan.takePath(path);
  const { rows } = await plan.statement(options).execute(ctx.em.getKysely());
  const nested = (rows as Record<string, unknown>[]).map((row) => plan.nest(row));
  for (const many of plan.manies()) await attachMany(ctx, many, nested);
  return nested as Row<E>[];
}

/** The row with this id, or null. */
export async function readById<E extends object>(
  ctx: Pick<Ctx, 'em'>,
  shape: Shape<E>,
  id: string,
  selection: Selection,
): Promise<Row<E> | null> {
  const [row] = await readRows(ctx, shape, selection, { where: [sql`r.id = ${id}`] });
  return row ?? null;
}

/** A batch function's read: rows of many ids, in the order of the ids, null where there is none. */
export async function readByIds<E extends object>(
  ctx: Pick<Ctx, 'em'>,
  shape: Shape<E>,
  ids: readonly string[],
  selection: Selection,
): Promise<Array<Row<E> | null>> {
  const rows = await readRows(ctx, shape, selection, { where: [sql`r.id in (${sql.join([...ids])})`] });
  const byId = new Map(rows.map((row) => [(row as { id: string }).id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** How many rows a listing has: one statement, with nothing joined to it but what the listing is narrowed by. */
export async function countRows(
  ctx: Pick<Ctx, 'em'>,
  shape: Shape,
  where: readonly Condition[],
  join: RawBuilder<unknown> = sql``,
): Promise<number> {
  const table = metadataOf(ctx.em, shape).tableName;
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from ${sql.table(table)} as r ${join} ${whereClause(where)}`.execute(
    ctx.em.getKysely(),
  );
  return Number(rows[0]?.count ?? 0);
}

/** Whether a row that was read before, for another selection, holds all that this one asks for. */
export function covers(ctx: Pick<Ctx, 'em'>, shape: Shape, row: object, selection: Selection): boolean {
  const plan = new Plan(ctx.em, shape);
  plan.take(selection);
  return plan.manies().length === 0 && plan.isIn(row as NestedRow);
}

/** A row that was read once for many, where it holds what is asked for; otherwise the same one read for this selection. */
export async function rowFor<E extends object>(
  ctx: Pick<Ctx, 'em'>,
  shape: Shape<E>,
  row: Row<E> & { readonly id: string },
  selection: Selection,
): Promise<Row<E> | null> {
  return covers(ctx, shape, row, selection) ? row : readById(ctx, shape, row.id, selection);
}

type NestedRow = Record<string, unknown>;
type Many = {
  path: readonly string[];
  name: string;
  relation: NonNullable<Shape['many']>[string];
  selection: Selection;
};

async function attachMany(ctx: Pick<Ctx, 'em'>, many: Many, roots: readonly NestedRow[]): Promise<void> {
  const parents = new Map<string, NestedRow[]>();
  for (const root of roots) {
    let at: NestedRow | null = root;
    for (const name of many.path) at = (at?.[name] as NestedRow | null | undefined) ?? null;
    if (!at) continue;
    at[many.name] = [];
    const same = parents.get(at.id as string);
    if (same) same.push(at);
    else parents.set(at.id as string, [at]);
  }
  if (parents.size === 0) return;
  const child = many.relation.shape();
  const { by } = many.relation;
  const column = columnOf(metadataOf(ctx.em, child), by);
  const rows = await readRows(ctx, child, many.selection, {
    where: [sql`${sql.ref(`${ROOT}.${column}`)} in (${sql.join([...parents.keys()])})`],
    orderBy: sql.join(
      many.relation.orderBy.map((p) => sql.ref(`${ROOT}.${columnOf(metadataOf(ctx.em, child), p)}`)),
    ),
    also: [by],
  });
  for (const row of rows as NestedRow[]) {
    for (const parent of parents.get((row[by] as { id: string }).id) ?? [])
      (parent[many.name] as NestedRow[]).push(row);
  }
}

export function metadataOf(em: SqlEntityManager, shape: Shape): EntityMetadata<object> {
  return em.getMetadata().get(shape.entity as never) as unknown as EntityMetadata<object>;
}

export function columnOf(meta: EntityMetadata<object>, property: string): string {
  const column = (meta.properties as Record<string, EntityProperty>)[property]?.fieldNames?.[0];
  if (!column) throw new Error(`${meta.className} has no column for ${property}`);
  return column;
}

export function whereClause(where: readonly Condition[] | undefined): RawBuilder<unknown> {
  return where?.length ? sql`where ${sql.join([...where], sql` and `)}` : sql``;
}

/** One table of a plan: the properties to read of it, and the tables joined to it. */
interface Node {
  readonly alias: string;
  readonly path: readonly string[];
  readonly shape: Shape | null;
  readonly meta: EntityMetadata<object>;
  readonly columns: Set<string>;
  readonly joins: Map<string, Node>;
}

class Plan {
  private readonly root: Node;
  private readonly toMany: Many[] = [];
  private aliases = 0;
  private computed: readonly Computed[] = [];
  private cells: Array<{
    path: readonly string[];
    property: EntityProperty;
    key: string;
    isRelation: boolean;
  }> = [];

  constructor(
    private readonly em: SqlEntityManager,
    shape: Shape,
  ) {
    this.root = this.node(ROOT, [], shape, metadataOf(em, shape));
  }

  take(selection: Selection): void {
    this.takeInto(this.root, selection);
  }

  takePath(path: string): void {
    this.addPath(this.root, path);
  }

  manies(): readonly Many[] {
    return this.toMany;
  }

  statement(options: ReadOptions): RawBuilder<unknown> {
    const columns: RawBuilder<unknown>[] = [];
    const joins: RawBuilder<unknown>[] = [];
    this.cells = [];
    this.emit(this.root, columns, joins);
    if (options.join) joins.unshift(options.join);
    this.computed = options.computed ?? [];
    for (const { name, value } of this.computed) columns.push(sql`${value} as ${sql.ref(name)}`);
    return sql`select ${sql.join(columns)} from ${sql.table(this.root.meta.tableName)} as r ${sql.join(joins, sql` `)}
      ${whereClause(options.where)}
      ${options.orderBy ? sql`order by ${options.orderBy}` : sql``}
      ${options.limit === undefined ? sql`` : sql`limit ${options.limit}`}`;
  }

  nest(row: Record<string, unknown>): NestedRow {
    const result: NestedRow = {};
    for (const { path, property, key, isRelation } of this.cells) {
      let at: NestedRow | null = result;
      for (const name of path) at = (at?.[name] as NestedRow | null | undefined) ?? null;
      if (!at) continue;
      const value = row[key];
      if (isRelation) at[property.name] = value === null ? null : { id: value };
      else at[property.name] = this.decode(property, value);
    }
    // PostgreSQL's driver tells wide numbers as text.
    for (const { name } of this.computed) result[name] = Number(row[name]);
    return result;
  }

  isIn(row: NestedRow): boolean {
    return isNodeIn(this.root, row);
  }

  private decode(property: EntityProperty, value: unknown): unknown {
    if (value === null || value === undefined) return null;
    if (property.customType) return property.customType.convertToJSValue(value, this.em.getPlatform());
    return property.runtimeType === 'boolean' ? Boolean(value) : value;
  }

  private node(
    alias: string,
    path: readonly string[],
    shape: Shape | null,
    meta: EntityMetadata<object>,
  ): Node {
    const node: Node = { alias, path, shape, meta, columns: new Set(['id']), joins: new Map() };
    for (const always of shape?.always ?? []) this.addPath(node, always);
    return node;
  }

  private takeInto(node: Node, selection: Selection): void {
    const { shape } = node;
    for (const [field, sub] of selection) {
      const needs = shape?.needs?.[field];
      const many = shape?.many?.[field];
      const property = propertiesOf(node.meta)[field];
      if (needs) for (const path of needs) this.addPath(node, path);
      if (many) {
        this.toMany.push({ path: node.path, name: field, relation: many, selection: sub });
      } else if (property?.kind === 'm:1' && shape?.one?.[field]) {
        this.takeInto(this.join(node, field, shape.one[field]()), sub);
      } else if (property && isColumn(property) && !needs) {
        node.columns.add(field);
      }
    }
  }

  private addPath(node: Node, path: string): void {
    const [head, ...rest] = path.split('.') as [string, ...string[]];
    if (rest.length === 0) {
      if (!propertiesOf(node.meta)[head]) throw new Error(`${node.meta.className} has no property ${head}`);
      node.columns.add(head);
    } else {
      this.addPath(this.join(node, head, null), rest.join('.'));
    }
  }

  private join(node: Node, name: string, shape: Shape | null): Node {
    const existing = node.joins.get(name);
    if (existing && (existing.shape || !shape)) return existing;
    const property = propertiesOf(node.meta)[name];
    if (!property?.targetMeta) throw new Error(`${node.meta.className}.${name} is not a relation`);
    const alias = existing?.alias ?? `j${++this.aliases}`;
    const made = this.node(alias, [...node.path, name], shape, property.targetMeta as EntityMetadata<object>);
    if (existing) {
      for (const column of existing.columns) made.columns.add(column);
      for (const [key, join] of existing.joins) made.joins.set(key, join);
    }
    node.columns.add(name);
    node.joins.set(name, made);
    return made;
  }

  private emit(node: Node, columns: RawBuilder<unknown>[], joins: RawBuilder<unknown>[]): void {
    const properties = propertiesOf(node.meta);
    for (const name of node.columns) {
      const property = properties[name] as EntityProperty;
      const key = `c${columns.length}`;
      columns.push(sql`${sql.ref(`${node.alias}.${property.fieldNames[0]}`)} as ${sql.ref(key)}`);
      this.cells.push({ path: node.path, property, key, isRelation: property.kind === 'm:1' });
    }
    for (const [name, join] of node.joins) {
      const foreignKey = sql.ref(`${node.alias}.${(properties[name] as EntityProperty).fieldNames[0]}`);
      joins.push(
        sql`left join ${sql.table(join.meta.tableName)} as ${sql.ref(join.alias)} on ${sql.ref(`${join.alias}.id`)} = ${foreignKey}`,
      );
      this.emit(join, columns, joins);
    }
  }
}

function isNodeIn(node: Node, row: NestedRow): boolean {
  for (const name of node.columns) if (!(name in row)) return false;
  for (const [name, join] of node.joins) {
    const value = row[name];
    if (value !== null && !isNodeIn(join, value as NestedRow)) return false;
  }
  return true;
}

function propertiesOf(meta: EntityMetadata<object>): Record<string, EntityProperty> {
  return meta.properties as Record<string, EntityProperty>;
}

function isColumn(property: EntityProperty): boolean {
  return property.kind === 'scalar' && property.persist !== false && property.fieldNames?.length === 1;
}
