import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminCreateCommand } from '../../../src/commands/admin-create.js';
import { LoginDocument, MeDocument } from '../../generated/operations.js';
import { databaseKinds, type TestApp, testSecret, useApp } from '../../support/app.js';
import { called } from '../../support/commands.js';
import { stored } from './stored.js';

/** The command on the database of a server that is running. */
function adminCreate(databaseUrl: string, ...args: string[]) {
  const env = { NODE_ENV: 'test', DATABASE_URL: databaseUrl, JWT_SECRETS: `test:${testSecret}` };
  return called(adminCreateCommand, args, env);
}

const isViewer = async (app: TestApp, token: string) => (await app.ok(MeDocument, {}, { token })).me !== null;

describe.each(databaseKinds)('admin:create on %s', (kind) => {
  const app = useApp(kind);

  it('makes one admin and promotes a buyer beside a running server, which learns of it', async () => {
    const buyer = await app.build.buyer();
    const { databaseUrl } = app.system.config;
    // One after the other: within one process SQLite's connections would wait for each other with the event loop held.
    const made = await adminCreate(
      databaseUrl,
      '--email',
      'Boss@example.com',
      '--password',
      'the boss knows it',
    );
    const promoted = await adminCreate(databaseUrl, '--email', buyer.email);
    expect(made).toEqual({ code: 0, out: 'boss@example.com is a new admin.\n', err: '' });
    expect(promoted).toEqual({
      code: 0,
      out: `${buyer.email} is an admin now. Its earlier sign-ins have ended.\n`,
      err: '',
    });
    const input = { email: 'boss@example.com', password: 'the boss knows it' };
    expect((await app.ok(LoginDocument, { input })).login.user.userType).toBe('ADMIN');
    await expect.poll(() => isViewer(app, buyer.token), { timeout: 5_000, interval: 100 }).toBe(false);
  });
});

describe('admin:create', () => {
  const app = useApp('sqlite');

  it('says what is wrong, and changes nothing', async () => {
    const admin = await app.build.admin();
    const before = await stored(app);
    const run = (...args: string[]) => adminCreate(app.system.config.databaseUrl, ...args);
    const without = await run('--email', 'new@example.com');
    const wrong = await run('--email', 'nowhere', '--password', 'short');
    const nothing = await run();
    const unknown = await run('--mail', 'x');
    const already = await run('--email', admin.email);
    expect(without).toEqual({ code: 1, out: '', err: 'password: A new account needs a password.\n' });
    expect(wrong).toEqual({
      code: 1,
      out: '',
      err: 'email: Enter a valid email address.\npassword: Ensure this field has at least 8 characters.\n',
    });
    expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining('Usage: npm run admin:create') });
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('--mail') });
    expect(already).toEqual({
      code: 0,
      out: `${admin.email} was an admin already; nothing was changed.\n`,
      err: '',
    });
    expect(await stored(app)).toEqual(before);
  });

  it('migrates a database that is new', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'carnegotiate-admin-'));
    try {
      const url = `sqlite:${join(dir, 'new.sqlite')}`;
      const { code, out } = await adminCreate(url, '--email', 'a@example.com', '--password', 'q8 mz#4k');
      expect(code).toBe(0);
      expect(out).toContain('a@example.com is a new admin.\n');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
