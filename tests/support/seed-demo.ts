import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { testSecret } from './app.js';

/** Migrates a database and makes the demo in it, by the command of the built server that an image has too. */
export async function seedDemo(env: Record<string, string>): Promise<void> {
  const main = join(dirname(inject('serverMain')), 'commands', 'main.js');
  await promisify(execFile)(process.execPath, [main, 'seed'], {
    env: { ...process.env, NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}`, ...env },
  });
}
