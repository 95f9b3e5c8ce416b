// The plans of the statements behind each page of the showroom with 100,000 vehicles, as PostgreSQL runs them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { createOrm } from '../src/app/orm.js';
import { createDatabase } from '../tests/support/databases.js';
import { startPostgres } from '../tests/support/postgres.js';
import { fillShowroom, serve, showroomSettings, stop } from './showroom-database.js';
import { bodyOf, pages } from './showroom-pages.js';

const VEHICLES = 100_000;

const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-explain-'));
let log = '';
const postgres = await startPostgres((text) => {
  log += text;
});
try {
  const database = await createDatabase(postgres.url('postgres'), 'showroom');
  const settings = showroomSettings(database, directory);
  const { vehicleId } = await fillShowroom(settings, VEHICLES);
  await logPlans(database);
  const server = await serve(settings);
  for (const page of pages) {
    // Twice: what is shown is not the first reading from the disk.
    for (let round = 0; round < 2; round++) {
      await pause(200);
      log = '';
      await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bodyOf(page, vehicleId),
      });
    }
    await pause(200);
    console.log(`\n## ${page.name}\n\n\`\`\`\n${log.trim()}\n\`\`\``);
  }
  await stop(server.process);
} finally {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** From now on every new connection logs the plans of its statements. */
async function logPlans(url: string): Promise<void> {
  const orm = await createOrm(url);
  const db = orm.em.fork().getKysely();
  const settings = {
    session_preload_libraries: `'auto_explain'`,
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    log_line_prefix: `''`,
  };
  for (const [name, value] of Object.entries(settings)) {
    await sql.raw(`alter system set ${name} = ${value}`).execute(db);
  }
  await sql`select pg_reload_conf()`.execute(db);
  await orm.close(true);
}
