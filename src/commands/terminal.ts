/** What a command is called with and where it speaks; a test brings its own and needs no process. */
export interface Terminal {
  readonly args: string[];
  readonly env: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
}

/** The process's own. */
export function terminal(): Terminal {
  return {
    args: process.argv.slice(2),
    env: process.env,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  };
}
