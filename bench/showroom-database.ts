import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { seedDatabase, seedShowroom } from '../src/app/prepare.js';

/** The settings of a showroom's server. */
export function showroomSettings(databaseUrl: string, directory: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    DEMO_DATA: 'true',
    JWT_SECRETS: `bench:${'x'.repeat(32)}`,
    DATABASE_URL: databaseUrl,
    STORAGE_URL: `disk:${directory}/uploads`,
    TEMPORARY_DIRECTORY: `${directory}/tmp`,
    MAIL_DIRECTORY: `${directory}/mail`,
    PORT: '0',
    LOG_LEVEL: 'error',
  };
}

/** Fills an empty database with the demo and so many vehicles more. */
export async function fillShowroom(
  settings: Record<string, string>,
  vehicles: number,
): Promise<{ ms: number; vehicleId: string }> {
  const composed = await compose(readConfig(settings));
  try {
    await composed.orm.migrator.up();
    await seedDatabase(composed);
    const startedAt = performance.now();
    await seedShowroom(composed, vehicles);
    const ms = performance.now() - startedAt;
    const { rows } = await sql<{ id: string }>`
      select id from vehicles where status = 'ACTIVE' order by id limit 1`.execute(
      composed.makeCtx().em.getKysely(),
    );
    return { ms, vehicleId: rows[0]?.id as string };
  } finally {
    await composed.close();
  }
}

/** Starts a server of its own process. */
export async function serve(
  settings: Record<string, string>,
): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(new URL('./serve.ts', import.meta.url), { env: { ...process.env, ...settings } });
  const [url] = (await once(child, 'message')) as [string];
  return { url, process: child };
}

export async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}
