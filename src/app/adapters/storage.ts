import type { Clock } from '../../kernel/ports.js';
import { derivedSecret } from '../../kernel/secrets.js';
import { DiskStorage } from '../../platform/storage/disk-storage.js';
import type { Config } from '../config.js';

export function makeStorage(config: Config, clock: Clock): DiskStorage {
  return new DiskStorage({
    directory: config.storageUrl.slice('disk:'.length),
    publicUrl: config.publicUrl,
    signingKeys: config.jwtSecrets.map((key) => derivedSecret(key.secret, 'signed-links')),
    signedLinkTtlMs: config.signedLinkTtlMs,
    clock,
  });
}
