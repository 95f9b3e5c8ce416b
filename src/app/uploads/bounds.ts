import type { BusboyConfig } from 'busboy';
import type { Config } from '../config.js';

/** For the boundary, for what stands before it, and for the header lines of a part. */
const OVERHEAD_BYTES = 64 * 1024;

/** How much of a multipart request is read, in bytes. */
export interface Bounds {
  readonly file: number;
  readonly files: number;
  /** As far as the end of `map`. */
  readonly beginning: number;
  readonly request: number;
  /** What the library's parser is set to. */
  readonly parser: Pick<BusboyConfig, 'defParamCharset'> & {
    readonly limits: { fieldSize: number; fields: number; fileSize: number; files: number };
  };
}

export function boundsOf(config: Pick<Config, 'maxBodyBytes' | 'maxUploadBytes' | 'maxUploadFiles'>): Bounds {
  const { maxBodyBytes, maxUploadBytes: file, maxUploadFiles: files } = config;
  const beginning = 2 * maxBodyBytes + OVERHEAD_BYTES;
  return {
    file,
    files,
    beginning,
    request: beginning + files * (file + OVERHEAD_BYTES),
    parser: {
      defParamCharset: 'utf8',
      // It takes a file for cut off that is exactly as long as it may be.
      limits: { fieldSize: maxBodyBytes, fields: 2, fileSize: file + 1, files },
    },
  };
}
