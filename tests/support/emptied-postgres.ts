import pg from 'pg';

/** What is larger is quicker made anew than emptied. */
const LARGE_BYTES = 2_000_000;

/** Waits for their end: what they are about to write must not come after the emptying. */
const CUT_OTHERS = `select pg_terminate_backend(pid, 10000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

const TABLES = `select relname as name, pg_relation_size(oid)::int as bytes from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'mikro_orm%'`;

/** Everything that a test could have made, dropped or altered; a copy has the ids of its template. */
const SCHEMA = `select md5(string_agg(thing, ',' order by thing)) as schema from (
  select format('%s %s %s %s %s', attrelid, attname, atttypid, atttypmod, attnotnull) as thing
    from pg_attribute where attrelid >= 16384
  union all select format('%s %s', oid, tgenabled) from pg_trigger
  union all select oid::text from pg_constraint where oid >= 16384
  union all select oid::text from pg_proc where oid >= 16384
) as things`;

/** Deletes all rows, and only them. False where the database is not worth it, or not as it was made any more. */
export async function emptied(url: string, template: string): Promise<boolean> {
  return connected(url, async (client) => {
    await client.query(CUT_OTHERS);
    if ((await schemaOf(client)) !== template) return false;
    const { rows } = await client.query<{ name: string; bytes: number }>(TABLES);
    if (rows.reduce((sum, { bytes }) => sum + bytes, 0) > LARGE_BYTES) return false;
    const deletes = rows.filter(({ bytes }) => bytes > 0).map(({ name }) => `delete from ${name};`);
    // No constraint is asked, so that the order of the tables does not matter.
    await client.query(`set session_replication_role = replica; ${deletes.join(' ')}`);
    return true;
  });
}

/** A digest of the schema. */
export async function schemaOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ schema: string }>(SCHEMA);
  return (rows[0] as { schema: string }).schema;
}

export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
