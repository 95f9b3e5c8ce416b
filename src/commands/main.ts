import 'reflect-metadata';
import { adminCreateCommand } from './admin-create.js';
import { jobsCommand } from './jobs.js';
import { migrateCommand } from './migrate.js';
import { seedCommand } from './seed.js';
import { type Terminal, terminal } from './terminal.js';

/** What an operator asks for by `npm run NAME`, or where there is no npm by `node dist/commands/main.js NAME`. */
const commands = new Map<string, (at: Terminal) => Promise<number>>([
  ['migrate', migrateCommand],
  ['seed', seedCommand],
  ['admin:create', adminCreateCommand],
  ['jobs', jobsCommand],
]);

const { args, ...at } = terminal();
const [name = '', ...rest] = args;
const command = commands.get(name);
if (command) {
  process.exitCode = await command({ ...at, args: rest });
} else {
  at.err(`The commands are ${[...commands.keys()].join(', ')}.`);
  process.exitCode = 2;
}
