// Brings the database that the settings name to the newest schema; with --down, takes the newest migration back.
// Exit code 0: done, or there was nothing to do; 1: failed; 2: called wrongly.
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/app/config.js';
import { createOrm } from '../src/app/orm.js';

const USAGE = `Usage: npm run migrate [-- --down]
Applies the migrations that are missing. With --down it takes the newest one back, and what its tables hold is lost.`;

const SENTENCES = {
  up: (names: string[]) =>
    names.length > 0 ? `Applied ${names.join(', ')}.` : 'The database is up to date.',
  down: (names: string[]) =>
    names.length > 0 ? `Took back ${names.join(', ')}.` : 'No migration is applied.',
};

process.exitCode = await main();

async function main(): Promise<number> {
  const direction = directionOf(process.argv.slice(2));
  if (!direction) {
    console.error(USAGE);
    return 2;
  }
  try {
    const orm = await createOrm(readConfig().databaseUrl);
    try {
      const done = await orm.migrator[direction]();
      console.log(SENTENCES[direction](done.map(({ name }) => name)));
      return 0;
    } finally {
      await orm.close(true);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function directionOf(args: string[]): 'up' | 'down' | null {
  try {
    return parseArgs({ args, options: { down: { type: 'boolean' } } }).values.down ? 'down' : 'up';
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}
