import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrateCommand } from '../../src/commands/migrate.js';
import { seedCommand } from '../../src/commands/seed.js';
import { testSecret, useApp } from '../support/app.js';
import { called } from '../support/commands.js';

const commands = { migrate: migrateCommand, seed: seedCommand };

function run(script: keyof typeof commands, env: Record<string, string>, ...args: string[]) {
  return called(commands[script], args, { NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}`, ...env });
}

/** The same as a process, as npm runs it: the one that a stranger calls first. */
function runProcess(env: Record<string, string>, ...args: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'src/commands/main.ts', 'migrate', ...args],
      { env: { ...process.env, NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}`, ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

describe('npm run migrate', () => {
  it('goes up, and down again', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'carnegotiate-migrate-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const env = { DATABASE_URL: `sqlite:${join(dir, 'new.sqlite')}` };
    const up = await runProcess(env);
    expect(up).toMatchObject({ code: 0, err: '' });
    const names =
      /^Applied (Migration\d+_\w+(?:, Migration\d+_\w+)*)\.\n$/.exec(up.out)?.[1]?.split(', ') ?? [];
    expect(names.length).toBeGreaterThan(0);
    expect(await run('migrate', env, '--down')).toEqual({
      code: 0,
      out: `Took back ${names.at(-1)}.\n`,
      err: '',
    });
  });

  it('says what is wrong', async () => {
    const unusable = await run('migrate', { DATABASE_URL: 'mysql://localhost/cars' });
    expect(unusable).toEqual({
      code: 1,
      out: '',
      err: 'The settings are not usable:\n  DATABASE_URL: write sqlite:PATH or postgresql://…\n',
    });
  });
});

describe('npm run seed', () => {
  const app = useApp('sqlite');

  it('leaves a database with accounts alone, and says what is wrong', async () => {
    const { email } = await app.build.buyer();
    const env = { DATABASE_URL: app.system.config.databaseUrl };
    const alone = await run('seed', env);
    const none = await run('seed', env, '--vehicles', '0');
    const production = await run('seed', { ...env, NODE_ENV: 'production' });
    expect(alone).toEqual({
      code: 0,
      out: 'The database has accounts already: no demo data was made.\n',
      err: '',
    });
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('Usage: npm run seed') });
    expect(production).toEqual({
      code: 1,
      out: '',
      err: 'In production the demo data is made only with DEMO_DATA=true: its password is public.\n',
    });
    const connection = app.orm.em.fork().getConnection();
    expect(await connection.execute('select email from users')).toEqual([{ email }]);
    expect(await connection.execute('select id from vehicles')).toEqual([]);
  });
});
