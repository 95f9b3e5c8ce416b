import 'reflect-metadata';
import { jobsCommand } from './commands/jobs.js';
import { terminal } from './commands/terminal.js';

process.exitCode = await jobsCommand(terminal());
