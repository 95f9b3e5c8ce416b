import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/app/compose.js';
import { readConfig } from '../../src/app/config.js';
import { startServer } from '../../src/app/server.js';
import { createAdmin } from '../../src/modules/accounts/module.js';

export interface OwnServer {
  readonly url: string;
  /** Nobody registers as an admin: a new server's first one is made beside it. */
  readonly makeAdmin: (credentials: { email: string; password: string }) => Promise<unknown>;
  stop(): Promise<void>;
}

/** A server on a free port over a temporary folder of its own, deaf to what the environment says of the real one. */
export async function startOwnServer(): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'carnegotiate-demo-'));
  const clear = () => rmSync(folder, { recursive: true, force: true });
  // Also where it is interrupted: then nobody calls stop.
  process.once('exit', clear);
  process.once('SIGINT', () => process.exit(130));
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'demo.sqlite')}`,
    STORAGE_URL: `disk:${join(folder, 'uploads')}`,
    TEMPORARY_DIRECTORY: join(folder, 'tmp'),
    MAIL_DIRECTORY: join(folder, 'mail'),
    JWT_SECRETS: `demo:${crypto.randomUUID()}`,
    LOG_LEVEL: 'error',
  });
  const composed = await compose(config);
  await composed.orm.migrator.up();
  const server = await startServer(composed);
  return {
    url: server.url,
    makeAdmin: (credentials) => createAdmin(composed.makeCtx(), credentials),
    async stop() {
      await server.close();
      clear();
    },
  };
}
