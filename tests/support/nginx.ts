import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from './live.js';

const STARTS_WITHIN_MS = 10_000;
const ENDS_WITHIN_MS = 3_000;
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** nginx with the configuration of deploy/, its nodes' names replaced by where they listen here. */
export class Nginx {
  private readonly folder = mkdtempSync(join(tmpdir(), 'carnegotiate-nginx-'));
  private child: ChildProcess | undefined;

  constructor(
    private readonly port: number,
    nodes: readonly string[],
  ) {
    const named = nodes.reduce(
      (text, node, n) => text.replace(`node-${n + 1}:4000`, node),
      readFileSync('deploy/nginx/carnegotiate.conf', 'utf8'),
    );
    const paths = TEMPORARY.map((name) => `${name}_temp_path ${join(this.folder, name)};`).join('\n');
    // Its workers are somebody else than who starts it.
    chmodSync(this.folder, 0o755);
    mkdirSync(join(this.folder, 'logs'));
    writeFileSync(
      this.configuration,
      `daemon off; pid ${join(this.folder, 'pid')}; error_log ${join(this.folder, 'logs/error.log')};
       events { worker_connections 1024; }
       http { access_log off; ${paths}\n${named.replace('listen 80;', `listen 127.0.0.1:${port};`)} }`,
    );
  }

  private get configuration(): string {
    return join(this.folder, 'nginx.conf');
  }

  /** What nginx says of its configuration. @throws Error with the faults that it finds. */
  check(): string {
    return execFileSync('nginx', ['-t', '-c', this.configuration, '-p', this.folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  }

  async start(): Promise<void> {
    const child = spawn('nginx', ['-c', this.configuration, '-p', this.folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.child = child;
    process.once('exit', () => child.kill('SIGKILL'));
    const endsAt = Date.now() + STARTS_WITHIN_MS;
    while (!(await this.answers())) {
      if (Date.now() > endsAt || child.exitCode !== null)
        throw new Error(`nginx does not start: ${this.log}`);
      await pause(20);
    }
  }

  /** What has gone wrong, as it sees it. */
  get log(): string {
    return readFileSync(join(this.folder, 'logs/error.log'), 'utf8');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const deadline = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
      await ended;
      clearTimeout(deadline);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private answers(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.port}/livez`).then(
      () => true,
      () => false,
    );
  }
}
