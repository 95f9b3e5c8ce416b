import { parseArgs } from 'node:util';
import { compose } from '../app/compose.js';
import { readConfig } from '../app/config.js';
import { migrate } from '../app/orm.js';
import { AppError } from '../kernel/errors.js';
import { createAdmin } from '../modules/accounts/module.js';
import type { Terminal } from './terminal.js';

const USAGE = `Usage: npm run admin:create -- --email E [--password P]
A new account needs a password; an existing one keeps its own unless another is given.`;

const SENTENCES = {
  CREATED: (email: string) => `${email} is a new admin.`,
  PROMOTED: (email: string) => `${email} is an admin now. Its earlier sign-ins have ended.`,
  ALREADY_ADMIN: (email: string, password: string | undefined) =>
    password === undefined
      ? `${email} was an admin already; nothing was changed.`
      : `${email} was an admin already; its password is new, and its earlier sign-ins have ended.`,
};

/**
 * Makes an admin, or makes one of an account that there is, on the database that the settings name; a server may be running on it. Exit code 0: done; 1: refused or failed; 2: called wrongly.
 */
export async function adminCreateCommand(at: Terminal): Promise<number> {
  const args = argumentsOf(at);
  if (!args) {
    at.err(USAGE);
    return 2;
  }
  try {
    const config = readConfig(at.env);
    await migrate(config.databaseUrl);
    const composed = await compose({ ...config, logLevel: 'warn' });
    try {
      const { email, outcome } = await createAdmin(composed.makeCtx(), args);
      at.out(SENTENCES[outcome](email, args.password));
      return 0;
    } finally {
      await composed.close();
    }
  } catch (error) {
    at.err(sentenceOf(error));
    return 1;
  }
}

function argumentsOf(at: Terminal): { email: string; password: string | undefined } | null {
  try {
    const { values } = parseArgs({
      args: at.args,
      options: { email: { type: 'string' }, password: { type: 'string' } },
    });
    return values.email ? { email: values.email, password: values.password } : null;
  } catch (error) {
    at.err(sentenceOf(error));
    return null;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof AppError && error.fields) {
    return Object.entries(error.fields)
      .map(([field, messages]) => `${field}: ${messages.join(' ')}`)
      .join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}
