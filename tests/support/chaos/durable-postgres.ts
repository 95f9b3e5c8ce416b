import { afterAll, beforeAll } from 'vitest';
import { migrate } from '../../../src/app/orm.js';
import { createDatabase } from '../databases.js';
import { type Postgres, startPostgres } from '../postgres.js';

/** A crash loses nothing that was acknowledged, as on the machine of whoever operates this. */
const DURABLE = ['fsync=on', 'full_page_writes=on', 'synchronous_commit=on'];

/** A PostgreSQL of a block's own, which may be restarted and crash, with one migrated database. */
export function useDurablePostgres(): { readonly server: Postgres; readonly databaseUrl: string } {
  let server: Postgres | undefined;
  let databaseUrl = '';
  beforeAll(async () => {
    server = await startPostgres(undefined, DURABLE);
    databaseUrl = await createDatabase(server.url('postgres'), 'chaos');
    await migrate(databaseUrl);
  });
  afterAll(() => server?.stop());
  return {
    get server() {
      if (!server) throw new Error('The PostgreSQL of this block has not started yet');
      return server;
    },
    get databaseUrl() {
      return databaseUrl;
    },
  };
}
