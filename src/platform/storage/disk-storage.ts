import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Folder, isKey, isPublicKey } from '../../kernel/files.js';
import type { Clock, Storage, StoredFile } from '../../kernel/ports.js';
import { type LinkQuery, SignedLinks } from './signed-links.js';

export interface DiskStorageSettings {
  /** The folder that everything lies in. */
  readonly directory: string;
  /** Where `/media/` is reached from outside, without a slash at the end. */
  readonly publicUrl: string;
  /** Where public files are reached, if by another way: a CDN in front of `/media`. Without a slash at the end. */
  readonly mediaUrl?: string | null;
  /** The first signs, all verify. */
  readonly signingKeys: readonly Uint8Array[];
  /** How long a link to a private file is good. */
  readonly signedLinkTtlMs: number;
  readonly clock: Clock;
}

/** Where files lie until they are complete: in the storage's own file system, so that moving them is one step. */
const UNFINISHED = '.unfinished';

/** Files in a folder of this machine, served by this process at `/media/`. */
export class DiskStorage implements Storage {
  readonly kind = 'disk';
  /** The folder that keys are paths below of. */
  readonly root: string;
  private readonly links: SignedLinks;

  constructor(private readonly settings: DiskStorageSettings) {
    this.root = resolve(settings.directory);
    this.links = new SignedLinks(settings.signingKeys);
  }

  async put(key: string, content: Readable, _contentType: string): Promise<{ sizeBytes: number }> {
    const path = this.pathOf(key);
    const unfinished = join(this.root, UNFINISHED, randomUUID());
    try {
      await mkdir(dirname(unfinished), { recursive: true, mode: 0o700 });
      await mkdir(dirname(path), { recursive: true });
      const mode = isPublicKey(key) ? 0o644 : 0o600;
      // Flushed before it gets its name: after a power cut a key names the whole file or nothing.
      await pipeline(content, createWriteStream(unfinished, { flags: 'wx', mode, flush: true }));
      const { size } = await stat(unfinished);
      await rename(unfinished, path);
      await flushNames(dirname(path));
      return { sizeBytes: size };
    } catch (error) {
      content.destroy();
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async open(key: string): Promise<StoredFile | null> {
    try {
      const file = await open(this.pathOf(key));
      const { size } = await file.stat();
      return { stream: file.createReadStream(), sizeBytes: size };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  async *list(folder: Folder): AsyncIterable<{ key: string; storedAt: Date }> {
    const entries = await opendir(join(this.root, folder)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for await (const entry of entries) {
      const key = `${folder}/${entry.name}`;
      if (!entry.isFile() || !isKey(key)) continue;
      const found = await stat(this.pathOf(key)).catch(() => null);
      if (found) yield { key, storedAt: found.mtime };
    }
  }

  publicUrl(key: string): string {
    return `${this.settings.mediaUrl ?? this.ownUrl}/${key}`;
  }

  private get ownUrl(): string {
    return `${this.settings.publicUrl}/media`;
  }

  async signedUrl(key: string): Promise<string> {
    const { clock, signedLinkTtlMs } = this.settings;
    const expiresAt = new Date(clock.now().getTime() + signedLinkTtlMs);
    // Never by way of a CDN, which might keep it.
    return `${this.ownUrl}/${key}?${this.links.sign(key, expiresAt)}`;
  }

  /** Whether the file of a key may be given to whoever comes with this query. */
  mayServe(key: string, query: LinkQuery, now: Date): boolean {
    return isPublicKey(key) || this.links.isGood(key, query, now);
  }

  /** Removes what was begun before a moment and never completed: a process came to its end over it. Returns how many. */
  async sweep(before: Date): Promise<number> {
    const names = await readdir(join(this.root, UNFINISHED)).catch(() => []);
    let count = 0;
    for (const name of names) {
      const path = join(this.root, UNFINISHED, name);
      const found = await stat(path).catch(() => null);
      if (!found || found.mtime >= before) continue;
      await rm(path, { force: true });
      count++;
    }
    return count;
  }

  private pathOf(key: string): string {
    if (!isKey(key)) throw new Error(`No key of ours: ${key}`);
    return join(this.root, key);
  }
}

/** The name too must outlive a power cut: a row that is committed after it names this file. */
async function flushNames(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
