import 'reflect-metadata';
import { adminCreateCommand } from './commands/admin-create.js';
import { terminal } from './commands/terminal.js';

process.exitCode = await adminCreateCommand(terminal());
