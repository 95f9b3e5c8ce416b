import { parseArgs } from 'node:util';
import { readConfig } from '../../src/app/config.js';
import { createOrm } from '../../src/app/orm.js';
import type { Terminal } from './terminal.js';

const USAGE = `Usage: npm run migrate [-- --down]
Applies the migrations that are missing. With --down it takes the newest one back, and what its tables hold is lost.`;

const SENTENCES = {
  up: (names: string[]) =>
    names.length > 0 ? `Applied ${names.join(', ')}.` : 'The database is up to date.',
  down: (names: string[]) =>
    names.length > 0 ? `Took back ${names.join(', ')}.` : 'No migration is applied.',
};

/**
 * Brings the database that the settings name to the newest schema; with --down, takes the newest migration back. Exit code 0: done, or there was nothing to do; 1: failed; 2: called wrongly.
 */
export async function migrateCommand(at: Terminal): Promise<number> {
  const direction = directionOf(at);
  if (!direction) {
    at.err(USAGE);
    return 2;
  }
  try {
    const orm = await createOrm(readConfig(at.env).databaseUrl);
    try {
      const done = await orm.migrator[direction]();
      at.out(SENTENCES[direction](done.map(({ name }) => name)));
      return 0;
    } finally {
      await orm.close(true);
    }
  } catch (error) {
    at.err(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function directionOf(at: Terminal): 'up' | 'down' | null {
  try {
    return parseArgs({ args: at.args, options: { down: { type: 'boolean' } } }).values.down ? 'down' : 'up';
  } catch (error) {
    at.err(error instanceof Error ? error.message : String(error));
    return null;
  }
}
