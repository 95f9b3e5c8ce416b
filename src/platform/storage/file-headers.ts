import { basename } from 'node:path';
import { isPublicKey } from '../../kernel/files.js';

/** A file never changes under its key. A year is what browsers and caches take for ever. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Private files are downloads, which nobody keeps on the way; public ones are there to be looked at. */
export function dispositionOf(key: string): string {
  return isPublicKey(key) ? 'inline' : `attachment; filename="${basename(key)}"`;
}

export function cachingOf(key: string): string {
  return isPublicKey(key) ? FOR_EVER : 'private, no-store';
}
