import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { jsonRows } from '../../../../src/kernel/json-rows.js';
import { Vehicle } from '../../../../src/modules/vehicles/index.js';
import { matchSavedSearches } from '../../../../src/modules/vehicles/saved/matching.service.js';
import { tellPriceDrops } from '../../../../src/modules/vehicles/saved/saved.jobs.js';
import {
  ArchiveVehicleDocument,
  CreateSavedSearchDocument,
  type CreateSavedSearchInput,
  NotificationsDocument,
  SavedSearchesDocument,
  SaveVehicleDocument,
  UpdateVehicleDocument,
  type UpdateVehicleInput,
} from '../../../generated/operations.js';
import type { TestApp } from '../../../support/app.js';
import type { BuiltVehicle, Person } from '../../../support/builders.js';

/** What people keep, and what comes of it. */
export function keepingOn(app: TestApp) {
  return {
    save: (person: Person, { id }: Pick<BuiltVehicle, 'id'>) =>
      app.ok(SaveVehicleDocument, { input: { id } }, person),

    keepSearch: async (person: Person, given: Partial<CreateSavedSearchInput> = {}) => {
      const input = { name: 'Mine', filter: {}, ...given };
      return (await app.ok(CreateSavedSearchDocument, { input }, person)).createSavedSearch.savedSearch;
    },

    newMatches: async (person: Person) => {
      const { savedSearches } = await app.ok(SavedSearchesDocument, {}, person);
      return Object.fromEntries(savedSearches.map(({ name, newMatchCount }) => [name, newMatchCount]));
    },

    update: ({ id, dealer }: BuiltVehicle, changes: Omit<UpdateVehicleInput, 'id'>) =>
      app.ok(UpdateVehicleDocument, { input: { id, ...changes } }, dealer),

    archive: ({ id, dealer }: BuiltVehicle) => app.ok(ArchiveVehicleDocument, { input: { id } }, dealer),

    /** An inbox, the oldest entry first. */
    inbox: async (person: Person) => {
      const { notifications } = await app.ok(NotificationsDocument, { first: 100 }, person);
      return notifications.nodes.toReversed();
    },

    match: () => matchSavedSearches(app.system.makeCtx()),
    tell: () => tellPriceDrops(app.system.makeCtx()),
  };
}

/** Every row of what is kept: what a refusal must leave as it was. */
export async function kept(app: TestApp): Promise<unknown[][]> {
  const connection = app.orm.em.fork().getConnection();
  const tables = ['saved_vehicles', 'saved_searches', 'saved_search_matches', 'price_drops'];
  return Promise.all(
    tables.map((table) => connection.execute<unknown[]>(`select * from ${table} order by id`)),
  );
}

/** Runs what must be refused, and proves that nothing changed. Returns what the refusal says. */
export async function refusedToKeep(app: TestApp, work: () => ReturnType<TestApp['request']>) {
  const before = JSON.stringify(await kept(app));
  const error = app.errorOf(await work());
  if (JSON.stringify(await kept(app)) !== before) throw new Error('The refusal changed something');
  return error;
}

/** More vehicles like this one, in one statement; their ids. */
export async function copiesOf(
  app: TestApp,
  { id }: Pick<BuiltVehicle, 'id'>,
  count: number,
): Promise<string[]> {
  const em = app.orm.em.fork();
  const rows = Array.from({ length: count }, () => ({ id: uuidv7(), vin: app.build.vin() }));
  const columns = app.orm
    .getMetadata()
    .get(Vehicle)
    .props.flatMap((property) => (property.persist === false ? [] : property.fieldNames))
    .filter((column) => column !== 'id' && column !== 'vin')
    .map((column) => sql.ref(column));
  const of = (table: string) => sql.join([sql.ref(`${table}.id`), sql.ref(`${table}.vin`)]);
  await sql`insert into vehicles (id, vin, ${sql.join(columns)})
    select ${of('n')}, ${sql.join(columns.map((column) => sql`v.${column}`))} from (select * from vehicles where id = ${id}) as v
    cross join (select n.id as id, n.vin as vin from ${jsonRows(em, 'n', { id: 'uuid', vin: 'text' }, rows)}) as n`.execute(
    em.getKysely(),
  );
  return rows.map((row) => row.id);
}
