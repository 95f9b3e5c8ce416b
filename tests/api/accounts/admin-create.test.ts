import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoginDocument, MeDocument } from '../../generated/operations.js';
import { databaseKinds, type TestApp, testSecret, useApp } from '../../support/app.js';
import { stored } from './stored.js';

/** The command as npm runs it, on the database of a server that is running. */
function adminCreate(databaseUrl: string, ...args: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = {
      ...process.env,
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      JWT_SECRETS: `test:${testSecret}`,
    };
    execFile(
      process.execPath,
      ['--import', 'tsx', 'scripts/admin-create.ts', ...args],
      { env },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const isViewer = async (app: TestApp, token: string) => (await app.ok(MeDocument, {}, { token })).me !== null;

// A process a call: what does not depend on the database is tried on one of them, and all at once.
describe.each(databaseKinds)('admin:create on %s', (kind) => {
  const app = useApp(kind);

  it('makes one admin and promotes a buyer beside a running server, which learns of it', async () => {
    const buyer = await app.build.buyer();
    const { databaseUrl } = app.system.config;
    const [made, promoted] = await Promise.all([
      adminCreate(databaseUrl, '--email', 'Boss@example.com', '--password', 'the boss knows it'),
      adminCreate(databaseUrl, '--email', buyer.email),
    ]);
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
    const [without, wrong, nothing, unknown, already] = await Promise.all([
      run('--email', 'new@example.com'),
      run('--email', 'nowhere', '--password', 'short'),
      run(),
      run('--mail', 'x'),
      run('--email', admin.email),
    ]);
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
      const { code, out } = await adminCreate(url, '--email', 'a@example.com', '--password', '12345678');
      expect(code).toBe(0);
      expect(out).toContain('a@example.com is a new admin.\n');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
