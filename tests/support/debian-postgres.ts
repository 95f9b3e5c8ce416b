import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './ports.js';

/** Where Debian keeps the versions of PostgreSQL, each with all of its tools. */
const VERSIONS = '/usr/lib/postgresql';

/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

const USER = 'carnegotiate';

/** The tools of the newest PostgreSQL of this machine; null where it has none. */
export const debianPostgres: string | null = newest();

function newest(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const versions = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  return (
    versions
      .map((version) => join(VERSIONS, version, 'bin'))
      .find((bin) => existsSync(join(bin, 'pg_dump'))) ?? null
  );
}

/**
 * A PostgreSQL as Debian packages it, which has the tools that an operator has: `pg_dump`, `pg_restore`, `createdb`. The one
 * that npm brings has none of them.
 */
export class DebianPostgres {
  private constructor(
    private readonly bin: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<DebianPostgres> {
    if (debianPostgres === null) throw new Error('There is no pg_dump: apt-get install postgresql');
    const dir = mkdtempSync(join(tmpdir(), 'carnegotiate-debian-postgres-'));
    chmodSync(dir, 0o777);
    const server = new DebianPostgres(debianPostgres, await freePort());
    const as = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const data = join(dir, 'data');
    const initdb = [
      '-D',
      data,
      '-U',
      USER,
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ];
    execFileSync(join(debianPostgres, 'initdb'), initdb, { ...as, cwd: dir, stdio: 'ignore' });
    const settings = [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
    ];
    const child = spawn(join(debianPostgres, 'postgres'), ['-D', data, '-p', `${server.port}`, ...settings], {
      ...as,
      cwd: dir,
      stdio: 'ignore',
    });
    process.once('exit', () => child.kill('SIGQUIT'));
    server.stop = async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGQUIT');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    };
    while (!server.answers()) await pause(50);
    return server;
  }

  stop: () => Promise<void> = async () => undefined;

  url(database: string): string {
    return `postgresql://${USER}@127.0.0.1:${this.port}/${database}`;
  }

  /** Runs one of PostgreSQL's tools against this server, and returns what it prints. */
  run(tool: string, ...args: string[]): string {
    const env = { ...process.env, PGHOST: '127.0.0.1', PGPORT: `${this.port}`, PGUSER: USER };
    return execFileSync(join(this.bin, tool), args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  private answers(): boolean {
    try {
      this.run('pg_isready');
      return true;
    } catch {
      return false;
    }
  }
}
