import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [detail: string]: unknown;
}

/** It compiles what it loads: on a busy machine that takes its time. */
const START_DEADLINE_MS = 45_000;

/** A server as `npm start` runs it, in a process of its own. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Where it listens. */
    readonly url: string,
    /** What it has logged so far. */
    readonly lines: readonly LogLine[],
  ) {}

  /** `prelude`: what the process runs before the server, as JavaScript. */
  static async start(env: Record<string, string>, prelude = ''): Promise<ServerProcess> {
    const imports = ['tsx', ...(prelude ? [`data:text/javascript,${encodeURIComponent(prelude)}`] : [])];
    const child = spawn(process.execPath, [...imports.flatMap((name) => ['--import', name]), 'src/main.ts'], {
      env: { ...process.env, NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'info', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const deadline = setTimeout(() => child.kill('SIGKILL'), START_DEADLINE_MS);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const seen: LogLine[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it listened`)));
      lines.on('line', (text) => {
        if (!text.startsWith('{')) return;
        const line = JSON.parse(text) as LogLine;
        seen.push(line);
        if (line.msg === 'listening') resolve(String(line.url));
      });
    });
    clearTimeout(deadline);
    return new ServerProcess(child, url, seen);
  }

  /** Sends a signal, and returns the exit code once it has ended. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Things that a job has done in it, as it logged them. */
  doneBy(job: string): number {
    const done = this.lines.filter((line) => line.msg === 'job done' && line.job === job);
    return done.reduce((sum, line) => sum + Number(line.count), 0);
  }
}
