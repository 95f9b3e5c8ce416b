import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type Folder, keyOf } from '../../src/kernel/files.js';
import type { Storage } from '../../src/kernel/ports.js';

const MB = 1024 * 1024;

export const anyKey = (folder: Folder = 'avatars') => keyOf(folder, randomUUID(), 'webp');

/** What every storage does, wherever it keeps its files. `storage` is asked for in each test. */
export function describeStorage(name: string, storage: () => Storage, advance: (ms: number) => void): void {
  const put = (key: string, content: string | Readable) =>
    storage().put(
      key,
      typeof content === 'string' ? Readable.from([Buffer.from(content)]) : content,
      'image/webp',
    );
  const read = async (key: string) => {
    const file = await storage().open(key);
    return file && { content: (await buffer(file.stream)).toString(), sizeBytes: file.sizeBytes };
  };
  const keysIn = async (folder: Folder) => {
    const keys: string[] = [];
    for await (const { key } of storage().list(folder)) keys.push(key);
    return keys;
  };

  describe(`${name} as a storage`, () => {
    it('gives back what was put into it', async () => {
      const key = anyKey();
      expect(await put(key, 'a picture')).toEqual({ sizeBytes: 9 });
      expect(await read(key)).toEqual({ content: 'a picture', sizeBytes: 9 });
    });

    it('keeps what is empty, and what comes in many pieces', async () => {
      const [empty, long] = [anyKey(), anyKey()];
      expect(await put(empty, Readable.from([]))).toEqual({ sizeBytes: 0 });
      expect(await read(empty)).toEqual({ content: '', sizeBytes: 0 });
      const pieces = Array.from({ length: 12 }, () => Buffer.alloc(MB, 'x'));
      expect(await put(long, Readable.from(pieces))).toEqual({ sizeBytes: 12 * MB });
      expect((await read(long))?.sizeBytes).toBe(12 * MB);
    });

    it('knows nothing of a key until all of it is there', async () => {
      const key = anyKey();
      let finish = () => undefined as undefined;
      const content = Readable.from(
        (async function* () {
          yield Buffer.from('first, ');
          await new Promise<void>((resolve) => {
            finish = () => void resolve();
          });
          yield Buffer.from('second');
        })(),
      );
      const putting = put(key, content);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await read(key)).toBeNull();
      expect(await keysIn('avatars')).not.toContain(key);
      finish();
      await putting;
      expect((await read(key))?.content).toBe('first, second');
    });

    it('keeps nothing of what breaks off', async () => {
      const key = anyKey();
      const content = Readable.from(
        (async function* () {
          yield Buffer.alloc(MB);
          throw new Error('The line is gone');
        })(),
      );
      await expect(put(key, content)).rejects.toThrow('The line is gone');
      expect(await read(key)).toBeNull();
      expect(await keysIn('avatars')).not.toContain(key);
    });

    it('puts one file in the place of another, whole', async () => {
      const key = anyKey();
      await put(key, 'the first, which is longer');
      await put(key, 'the second');
      expect(await read(key)).toEqual({ content: 'the second', sizeBytes: 10 });
    });

    it('forgets what is deleted, and minds not if it was not there', async () => {
      const key = anyKey();
      await put(key, 'x');
      await storage().delete(key);
      expect(await read(key)).toBeNull();
      await storage().delete(key);
      await storage().delete(anyKey());
    });

    it('lists the files of a folder and of no other, each with when it was stored', async () => {
      const before = Date.now();
      const [mine, other] = [anyKey('vehicles'), anyKey('avatars')];
      await put(mine, 'x');
      await put(other, 'x');
      const found = [];
      for await (const file of storage().list('vehicles')) found.push(file);
      expect(found.map(({ key }) => key)).toContain(mine);
      expect(found.map(({ key }) => key)).not.toContain(other);
      const storedAt = found.find(({ key }) => key === mine)?.storedAt.getTime() ?? 0;
      expect(Math.abs(storedAt - before)).toBeLessThan(10_000);
    });

    it.each([
      '../outside.webp',
      'avatars/../outside.webp',
      'avatars/../../etc/passwd',
      '/etc/passwd',
      'avatars/',
      'avatars/.hidden.webp',
      'avatars/a/b.webp',
      'avatars\\a.webp',
      'avatars/a.html',
      'avatars/a.webp\0.png',
      'avatars/A.webp',
      'elsewhere/a.webp',
      '.unfinished/a.webp',
      '',
    ])('has nothing to do with the key "%s"', async (key) => {
      await expect(put(key, 'x')).rejects.toThrow('No key of ours');
      await expect(storage().open(key)).rejects.toThrow('No key of ours');
      await expect(storage().delete(key)).rejects.toThrow('No key of ours');
    });

    it('gives public files an address for ever, and private ones another each time', async () => {
      expect(URL.canParse(storage().publicUrl(anyKey()))).toBe(true);
      const key = anyKey('dealer_documents');
      const first = await storage().signedUrl(key);
      advance(60_000);
      const second = await storage().signedUrl(key);
      expect(URL.canParse(first)).toBe(true);
      expect(first).not.toBe(second);
    });
  });
}
