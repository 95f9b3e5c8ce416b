import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Workspaces } from '../../kernel/ports.js';

const PREFIX = 'work-';

/** Each work has a folder below one of ours, which nobody else on the machine may look into. */
export class DiskWorkspaces implements Workspaces {
  private readonly directory: string;

  constructor(directory: string) {
    this.directory = resolve(directory);
  }

  async with<T>(work: (directory: string) => Promise<T>): Promise<T> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const workspace = await mkdtemp(join(this.directory, PREFIX));
    try {
      return await work(workspace);
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  }

  /** Removes what was begun before a moment: what a process left behind that did not come to its end. Returns how many. */
  async sweep(before: Date): Promise<number> {
    const names = await readdir(this.directory).catch(() => []);
    let count = 0;
    for (const name of names) {
      if (!name.startsWith(PREFIX)) continue;
      const path = join(this.directory, name);
      const found = await stat(path).catch(() => null);
      if (!found || found.mtime >= before) continue;
      await rm(path, { recursive: true, force: true });
      count++;
    }
    return count;
  }
}
