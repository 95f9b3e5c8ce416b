import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testSecret } from '../support/app.js';
import { ServerProcess } from '../support/server-process.js';

/** Two errors that nobody catches, as soon as somebody asks for them. */
const FAULTS = `process.on('SIGUSR2', () => {
  Promise.reject(new Error('nobody caught this'));
  Promise.reject(new Error('nor this'));
  setImmediate(() => { throw new Error('nor that'); });
})`;

describe('an error that nobody catches', () => {
  it('is logged, and ends the server in order, with code 1', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'carnegotiate-uncaught-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const env = {
      JWT_SECRETS: `test:${testSecret}`,
      DATABASE_URL: `sqlite:${join(dir, 'new.sqlite')}`,
      STORAGE_URL: `disk:${join(dir, 'uploads')}`,
      TEMPORARY_DIRECTORY: join(dir, 'tmp'),
      MAIL_DIRECTORY: join(dir, 'mail'),
    };
    const server = await ServerProcess.start(env, { prelude: FAULTS });
    onTestFinished(async () => {
      if (!server.hasEnded) await server.end('SIGKILL');
    });
    expect(await server.end('SIGUSR2')).toBe(1);
    const errors = server.lines.filter(({ level }) => level >= 50);
    expect(errors).toMatchObject([
      { msg: 'an error that nobody caught: the server stops', err: { message: 'nobody caught this' } },
    ]);
  }, 60_000);
});
