import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly pid: number;
  readonly [detail: string]: unknown;
}

export interface StartOptions {
  /** What the process runs before the server, as JavaScript. */
  readonly prelude?: string;
  /** `main.js` of a build; without it the sources are compiled as they are loaded, which takes seconds. */
  readonly main?: string;
  /** The line that says that it serves. */
  readonly ready?: string;
}

/** It compiles what it loads: on a busy machine that takes its time. */
const START_DEADLINE_MS = 45_000;

/** What `npm start` gives Node. */
const FLAGS = ['--enable-source-maps', '--max-semi-space-size=4'];

/** A server as `npm start` runs it, in a process of its own. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Where it listens. */
    readonly url: string,
    /** What it has logged so far. */
    readonly lines: readonly LogLine[],
    /** All that it has said on standard output besides. */
    readonly said: readonly string[],
  ) {}

  static async start(
    env: Record<string, string>,
    { prelude = '', main, ready = 'listening' }: StartOptions = {},
  ): Promise<ServerProcess> {
    const imports = [
      ...(main ? [] : ['tsx']),
      ...(prelude ? [`data:text/javascript,${encodeURIComponent(prelude)}`] : []),
    ];
    const args = [...FLAGS, ...imports.flatMap((name) => ['--import', name]), main ?? 'src/main.ts'];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'info', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const deadline = setTimeout(() => child.kill('SIGKILL'), START_DEADLINE_MS);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const seen: LogLine[] = [];
    const said: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it listened`)));
      lines.on('line', (text) => {
        if (!text.startsWith('{')) return void said.push(text);
        const line = JSON.parse(text) as LogLine;
        seen.push(line);
        if (line.msg === ready) resolve(String(line.url));
      });
    }).finally(() => clearTimeout(deadline));
    return new ServerProcess(child, url, seen, said);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Sends a signal, and returns the exit code once it has ended. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.hasEnded) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What it has logged under a message. */
  logged(message: string): LogLine[] {
    return this.lines.filter(({ msg }) => msg === message);
  }

  /** Things that a job has done in it, as it logged them. */
  doneBy(job: string): number {
    const done = this.logged('job done').filter((line) => line.job === job);
    return done.reduce((sum, line) => sum + Number(line.count), 0);
  }
}
