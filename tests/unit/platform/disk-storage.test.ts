import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepUnfinished } from '../../../src/app/housekeeping.js';
import type { Ctx } from '../../../src/kernel/context.js';
import { DiskStorage } from '../../../src/platform/storage/disk-storage.js';
import { DiskWorkspaces } from '../../../src/platform/workspaces/disk-workspaces.js';
import { FakeClock, HOUR, MINUTE } from '../../support/clock.js';
import { anyKey, describeStorage } from '../../support/storage-contract.js';

const clock = new FakeClock();
const links = { signedLinkTtlMs: 5 * MINUTE, clock };

let directory: string;
let storage: DiskStorage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carnegotiate-storage-'));
  storage = new DiskStorage({
    directory: join(directory, 'uploads'),
    publicUrl: 'https://cars.example',
    signingKeys: [new Uint8Array(32)],
    ...links,
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describeStorage(
  'a folder of this machine',
  () => storage,
  (ms) => clock.advance(ms),
);

describe('DiskStorage', () => {
  const unfinished = () => readdir(join(storage.root, '.unfinished'));
  const listed = async (folderOf: DiskStorage) => {
    const keys: string[] = [];
    for await (const { key } of folderOf.list('avatars')) keys.push(key);
    return keys;
  };
  const put = (key: string) => storage.put(key, Readable.from([Buffer.from('x')]), 'image/webp');

  it('leaves nothing unfinished, whatever came of it', async () => {
    await put(anyKey());
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('x');
        throw new Error('gone');
      })(),
    );
    await expect(storage.put(anyKey(), failing, 'image/webp')).rejects.toThrow('gone');
    expect(await unfinished()).toEqual([]);
  });

  it('lets nobody else on the machine read what is private', async () => {
    const modes = await Promise.all(
      (['avatars', 'dealer_documents'] as const).map(async (folder) => {
        const key = anyKey(folder);
        await put(key);
        return (await stat(join(storage.root, key))).mode & 0o077;
      }),
    );
    expect(modes).toEqual([0o044, 0]);
  });

  it('lists nothing of a folder that is not there yet, and nothing that is not its own', async () => {
    const empty = new DiskStorage({
      directory: join(directory, 'new'),
      publicUrl: '',
      signingKeys: [new Uint8Array(32)],
      ...links,
    });
    expect(await listed(empty)).toEqual([]);
    await mkdir(join(directory, 'new', 'avatars', 'folder.webp'), { recursive: true });
    await writeFile(join(directory, 'new', 'avatars', '.gitkeep'), '');
    await writeFile(join(directory, 'new', 'avatars', 'README.txt'), '');
    expect(await listed(empty)).toEqual([]);
  });

  it('does not hide that its folder cannot be used', async () => {
    await writeFile(join(directory, 'a-file'), '');
    const broken = new DiskStorage({
      directory: join(directory, 'a-file'),
      publicUrl: '',
      signingKeys: [new Uint8Array(32)],
      ...links,
    });
    await expect(broken.put(anyKey(), Readable.from(['x']), 'image/webp')).rejects.toThrow();
    await expect(broken.open(anyKey())).rejects.toThrow();
  });

  it('has addresses below /media/', () => {
    expect(storage.publicUrl('avatars/a.webp')).toBe('https://cars.example/media/avatars/a.webp');
  });
});

describe('what a process leaves behind that does not come to its end', () => {
  it('is swept when nobody can be at work on it any more', async () => {
    const workspaces = new DiskWorkspaces(join(directory, 'tmp'));
    const ago = (ms: number) => new Date(clock.now().getTime() - ms);
    await mkdir(join(directory, 'tmp', 'work-old'), { recursive: true });
    await mkdir(join(directory, 'tmp', 'work-new'));
    await mkdir(join(directory, 'tmp', 'not-ours'));
    await writeFile(join(directory, 'tmp', 'work-old', 'upload'), 'x');
    await mkdir(join(storage.root, '.unfinished'), { recursive: true });
    await writeFile(join(storage.root, '.unfinished', 'old'), 'x');
    await writeFile(join(storage.root, '.unfinished', 'new'), 'x');
    for (const name of ['work-old', 'not-ours'])
      await utimes(join(directory, 'tmp', name), ago(2 * HOUR), ago(2 * HOUR));
    await utimes(join(storage.root, '.unfinished', 'old'), ago(HOUR + MINUTE), ago(HOUR + MINUTE));

    const job = sweepUnfinished([storage, workspaces], HOUR);
    expect(await job.run({ clock } as unknown as Ctx)).toBe(2);
    expect((await readdir(join(directory, 'tmp'))).sort()).toEqual(['not-ours', 'work-new']);
    expect(await readdir(join(storage.root, '.unfinished'))).toEqual(['new']);
    expect(await job.run({ clock } as unknown as Ctx)).toBe(0);
  });

  it('is nothing where there was never anything', async () => {
    const nowhere = join(directory, 'nowhere');
    const places = [
      new DiskWorkspaces(nowhere),
      new DiskStorage({ directory: nowhere, publicUrl: '', signingKeys: [new Uint8Array(32)], ...links }),
    ];
    expect(await sweepUnfinished(places, HOUR).run({ clock } as unknown as Ctx)).toBe(0);
  });
});

describe('a workspace', () => {
  it('is an empty folder for nobody else, and gone when the work is done', async () => {
    const workspaces = new DiskWorkspaces(join(directory, 'work'));
    const seen = await workspaces.with(async (folder) => {
      await writeFile(join(folder, 'file'), 'x');
      return {
        folder,
        mode: (await stat(folder)).mode & 0o777,
        others: await readdir(join(directory, 'work')),
      };
    });
    expect(seen).toMatchObject({ mode: 0o700, others: [seen.folder.split('/').at(-1)] });
    expect(await readdir(join(directory, 'work'))).toEqual([]);
  });

  it('is gone when the work fails', async () => {
    const workspaces = new DiskWorkspaces(join(directory, 'work'));
    const work = workspaces.with(async (folder) => {
      await writeFile(join(folder, 'file'), 'x');
      throw new Error('failed');
    });
    await expect(work).rejects.toThrow('failed');
    expect(await readdir(join(directory, 'work'))).toEqual([]);
  });
});
