import 'reflect-metadata';
import { migrateCommand } from './commands/migrate.js';
import { terminal } from './commands/terminal.js';

process.exitCode = await migrateCommand(terminal());
