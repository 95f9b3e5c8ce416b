import 'reflect-metadata';
import { seedCommand } from './commands/seed.js';
import { terminal } from './commands/terminal.js';

process.exitCode = await seedCommand(terminal());
