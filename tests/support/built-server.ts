import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `main.js` of a build of the server. */
    serverMain: string;
  }
}

/** Beside `dist`, which may be somebody's who is running it; inside of the project, where its packages are found. */
const FOLDER = 'data/server-under-test';

/** Once per run: tests that start many processes would wait for each of them to compile the same sources. */
export default async function build(project: TestProject): Promise<() => Promise<void>> {
  const folder = `${FOLDER}-${process.pid}`;
  const tsc = join('node_modules', '.bin', 'tsc');
  const why = await promisify(execFile)(tsc, ['-p', 'tsconfig.build.json', '--outDir', folder]).catch(
    (error: { stdout?: string }) => error.stdout,
  );
  const main = join(folder, 'main.js');
  // Faults of types are for `npm run typecheck` to tell.
  if (!existsSync(main)) throw new Error(`The server could not be built: ${String(why)}`);
  project.provide('serverMain', main);
  return () => rm(folder, { recursive: true, force: true });
}
