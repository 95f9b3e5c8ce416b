import { parseArgs } from 'node:util';
import { type Composed, compose } from '../app/compose.js';
import { type Config, readConfig } from '../app/config.js';
import { migrate } from '../app/orm.js';
import { seedDatabase, seedShowroom } from '../app/prepare.js';
import { demoSignIns } from '../seeders/demo.js';
import type { Terminal } from './terminal.js';

/** Their VINs have serial numbers of six digits. */
const MOST_VEHICLES = 900_000;

const USAGE = `Usage: npm run seed [-- --vehicles N]
Makes the demo data in an empty database. With --vehicles it lists N more vehicles (1 to ${MOST_VEHICLES}):
of the demo's dealers and, past 1,600, of invented ones all over the country.`;

/**
 * Makes the demo data in an empty database; with --vehicles N, lists N more vehicles. Exit code 0: done, or there was nothing to do; 1: refused or failed; 2: called wrongly.
 */
export async function seedCommand(at: Terminal): Promise<number> {
  const more = vehiclesOf(at);
  if (more === null) {
    at.err(USAGE);
    return 2;
  }
  try {
    const config = readConfig(at.env);
    refuseProduction(config);
    await migrate(config.databaseUrl);
    // Statistics of a large table take longer than any operation may.
    const databaseTimeouts = { ...config.databaseTimeouts, statementMs: 0 };
    const composed = await compose({ ...config, databaseTimeouts, logLevel: 'warn' });
    try {
      at.out(await seed(composed, more));
      return 0;
    } finally {
      await composed.close();
    }
  } catch (error) {
    at.err(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** The demo's accounts, an admin among them, have a password that everybody knows. */
function refuseProduction({ environment, demoData }: Config): void {
  if (environment !== 'production' || demoData) return;
  throw new Error('In production the demo data is made only with DEMO_DATA=true: its password is public.');
}

async function seed(composed: Composed, more: number): Promise<string> {
  const isNew = await seedDatabase(composed);
  if (more > 0) await seedShowroom(composed, more);
  const demo = isNew
    ? `The demo data is made. Sign in with the password ${demoSignIns[0].password} as ${signIns()}.`
    : 'The database has accounts already: no demo data was made.';
  return more > 0 ? `${demo}\n${more} more vehicles are listed.` : demo;
}

function signIns(): string {
  const [first, ...rest] = demoSignIns.map(({ email, label }) => `${email} (${label})`).reverse();
  return `${rest.reverse().join(', ')} or ${first}`;
}

/** How many more vehicles; 0 without the option, null where the call is wrong. */
function vehiclesOf(at: Terminal): number | null {
  try {
    const { values } = parseArgs({ args: at.args, options: { vehicles: { type: 'string' } } });
    if (values.vehicles === undefined) return 0;
    const count = /^\d{1,6}$/.test(values.vehicles) ? Number(values.vehicles) : 0;
    return count >= 1 && count <= MOST_VEHICLES ? count : null;
  } catch (error) {
    at.err(error instanceof Error ? error.message : String(error));
    return null;
  }
}
