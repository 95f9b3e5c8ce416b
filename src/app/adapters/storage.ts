import type { Ctx } from '../../kernel/context.js';
import type { Clock, Job, Logger } from '../../kernel/ports.js';
import { derivedSecret } from '../../kernel/secrets.js';
import { DiskStorage } from '../../platform/storage/disk-storage.js';
import type { S3Storage } from '../../platform/storage/s3-storage.js';
import { readS3Url } from '../../platform/storage/s3-url.js';
import type { Config } from '../config.js';
import type { Check } from '../health.js';
import { type Sweepable, sweepUnfinished, sweepUnfinishedUploads } from '../housekeeping.js';

/** `/media` serves each in its own way. */
export type FileStorage = DiskStorage | S3Storage;

const DISK = 'disk:';

export async function makeStorage(config: Config, clock: Clock, log: Logger): Promise<FileStorage> {
  const { storageUrl, publicUrl, mediaUrl, signedLinkTtlMs } = config;
  if (storageUrl.startsWith(DISK)) {
    const signingKeys = config.jwtSecrets.map((key) => derivedSecret(key.secret, 'signed-links'));
    const directory = storageUrl.slice(DISK.length);
    return new DiskStorage({ directory, publicUrl, mediaUrl, signingKeys, signedLinkTtlMs, clock });
  }
  // A quarter of a second and 37 MB that whoever has a disk does not pay.
  const { S3Storage } = await import('../../platform/storage/s3-storage.js');
  return new S3Storage({
    place: readS3Url(storageUrl),
    mediaUrl: mediaUrl ?? `${publicUrl}/media`,
    signedLinkTtlMs,
    clock,
    log,
  });
}

/** Without it no file can be stored or looked at; all else is as ever. */
export function storageChecks(storage: FileStorage): readonly Check[] {
  if (storage.kind === 'disk') return [];
  return [{ name: 'storage', isCritical: false, isUp: () => storage.isUp() }];
}

/** Every process looks after its own disk; what is unfinished in a bucket is everybody's. */
export function sweepJobs(
  storage: FileStorage,
  workspaces: Sweepable,
  longestMs: number,
): readonly Job<Ctx>[] {
  if (storage.kind === 'disk') return [sweepUnfinished([storage, workspaces], longestMs)];
  return [sweepUnfinished([workspaces], longestMs), sweepUnfinishedUploads(storage, longestMs)];
}
