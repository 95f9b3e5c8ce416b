import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isKey } from '../../kernel/files.js';
import type { Storage, StoredFile } from '../../kernel/ports.js';

export interface DiskStorageSettings {
  /** The folder that everything lies in. */
  readonly directory: string;
  /** Where `/media/` is reached from outside, without a slash at the end. */
  readonly publicUrl: string;
  readonly signingKey: Uint8Array;
}

/** Where files lie until they are complete: in the storage's own file system, so that moving them is one step. */
const UNFINISHED = '.unfinished';

/** Files in a folder of this machine, served by this process at `/media/`. */
export class DiskStorage implements Storage {
  private readonly directory: string;

  constructor(private readonly settings: DiskStorageSettings) {
    this.directory = resolve(settings.directory);
  }

  async put(key: string, content: Readable, _contentType: string): Promise<{ sizeBytes: number }> {
    const path = this.pathOf(key);
    const unfinished = join(this.directory, UNFINISHED, randomUUID());
    await mkdir(dirname(unfinished), { recursive: true });
    await mkdir(dirname(path), { recursive: true });
    try {
      // Flushed before it gets its name: after a power cut a key names the whole file or nothing.
      await pipeline(content, createWriteStream(unfinished, { flags: 'wx', flush: true }));
      const { size } = await stat(unfinished);
      await rename(unfinished, path);
      return { sizeBytes: size };
    } catch (error) {
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

  async *list(folder: string): AsyncIterable<{ key: string; storedAt: Date }> {
    const entries = await opendir(join(this.directory, folder)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for await (const entry of entries) {
      const key = `${folder}/${entry.name}`;
      if (!isKey(key)) continue;
      const found = await stat(this.pathOf(key)).catch(() => null);
      if (found) yield { key, storedAt: found.mtime };
    }
  }

  publicUrl(key: string): string {
    return `${this.settings.publicUrl}/media/${key}`;
  }

  async signedUrl(key: string, expiresAt: Date): Promise<string> {
    const expires = Math.floor(expiresAt.getTime() / 1_000);
    const signature = this.sign(key, expires).toString('base64url');
    return `${this.settings.publicUrl}/media/${key}?expires=${expires}&signature=${signature}`;
  }

  /** Whether a signed link's query is ours and still good. */
  isSigned(key: string, query: { expires?: unknown; signature?: unknown }, now: Date): boolean {
    if (typeof query.signature !== 'string' || typeof query.expires !== 'string') return false;
    if (!/^\d{1,12}$/.test(query.expires)) return false;
    const expires = Number(query.expires);
    const given = Buffer.from(query.signature, 'base64url');
    const right = this.sign(key, expires);
    return given.length === right.length && timingSafeEqual(given, right) && now.getTime() < expires * 1_000;
  }

  /** The folder that keys are paths below of. */
  get root(): string {
    return this.directory;
  }

  private pathOf(key: string): string {
    if (!isKey(key)) throw new Error(`No key of ours: ${key}`);
    return join(this.directory, key);
  }

  private sign(key: string, expires: number): Buffer {
    return createHmac('sha256', this.settings.signingKey).update(`${key}\n${expires}`).digest();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
