/** What a command is called with and where it speaks; a test brings its own and needs no process. */
export interface Terminal {
  readonly args: string[];
  readonly env: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
}

/** The process's own. */
export function terminal(): Terminal {
  return { args: process.argv.slice(2), env: process.env, out: console.log, err: console.error };
}
