import { parseArgs } from 'node:util';
import { readConfig } from '../app/config.js';
import { migrate } from '../app/orm.js';
import type { Logger } from '../kernel/ports.js';
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
    const names = await migrate(readConfig(at.env).databaseUrl, { direction, log: logAt(at) });
    at.out(SENTENCES[direction](names));
    return 0;
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

/** What a person at the terminal is told meanwhile: that another process has to be waited for, or a lock. */
function logAt(at: Terminal): Logger {
  const told = (_details: object, message: string) => at.err(message);
  return { debug: () => undefined, info: told, warn: told, error: told };
}
