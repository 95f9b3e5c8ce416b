import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { freePort } from './ports.js';

const START_DEADLINE_MS = 20_000;

const CLUSTER = [
  '--cluster-enabled',
  'yes',
  '--cluster-config-file',
  'nodes',
  '--cluster-announce-ip',
  '127.0.0.1',
];

/** Whether this machine has a Redis that tests can start. In CI a machine without one fails them, and skips none. */
export const hasRedis = process.env.CI === 'true' || isInstalled();

function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('redis-server is not on the PATH: the tests that want one are left out here.');
    return false;
  }
}

export interface RedisOptions {
  /** A cluster of this one server, which owns all slots. */
  readonly cluster?: boolean;
}

/**
 * A redis-server of the tests' own, on a free port of 127.0.0.1, which keeps nothing on disk. It can be stopped and
 * started again on the same port: what it held is lost then, as by a Redis without persistence.
 */
export class RedisServer {
  private child: ChildProcess | undefined;
  private readonly directory = mkdtempSync(join(tmpdir(), 'carnegotiate-redis-'));

  private constructor(
    readonly port: number,
    private readonly options: RedisOptions,
  ) {}

  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const cluster = this.options.cluster ? CLUSTER : [];
    const child = spawn('redis-server', [...settings, ...cluster, '--dir', this.directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    // However this process ends, the server does not outlive it.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    await listening(child);
    if (!this.options.cluster) return;
    // After a restart it still knows its slots.
    if (this.command('CLUSTER', 'SLOTS') === '') this.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    // A cluster takes two seconds before it calls itself well, and each question is a process.
    while (!this.command('CLUSTER', 'INFO').startsWith('cluster_state:ok')) await pause(100);
  }

  /** Ends it at once, as a crash does. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Stops it for good. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Holds it still: connections stay open, and nothing is answered. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** What `redis-cli` prints for a command. */
  command(...args: string[]): string {
    return execFileSync('redis-cli', ['-p', `${this.port}`, ...args], { encoding: 'utf8' }).trim();
  }
}

/** A Redis for the tests of a file's block, gone after them. */
export function useRedis(options: RedisOptions = {}): { readonly server: RedisServer; readonly url: string } {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    server = await RedisServer.start(options);
  });
  afterAll(() => server?.remove());
  return {
    get server() {
      if (!server) throw new Error('The Redis of this block has not started yet');
      return server;
    },
    get url() {
      return this.server.url;
    },
  };
}

async function listening(child: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`redis-server did not start:\n${log}`));
    const deadline = setTimeout(fail, START_DEADLINE_MS);
    child.once('error', reject);
    child.once('exit', fail);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      log = `${log}${text}`.slice(-10_000);
      if (!log.includes('Ready to accept connections')) return;
      clearTimeout(deadline);
      child.off('exit', fail);
      resolve();
    });
  });
}
