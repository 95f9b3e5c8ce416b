import type { BusboyConfig } from 'busboy';
import { MS_PER_PICTURE } from '../../kernel/pictures.js';
import type { Config } from '../config.js';

/** For the boundary, for what stands before it, and for the header lines of a part. */
const OVERHEAD_BYTES = 64 * 1024;

/** Mutations whose files may weigh something else than any other's, in bytes. */
export type FileBytes = Readonly<Record<string, number>>;

/** How much of a multipart request is read, in bytes. */
export interface Bounds {
  /** One file; `maxFileBytes` says whether an operation's may weigh something else. */
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

export function boundsOf(
  config: Pick<Config, 'maxBodyBytes' | 'maxUploadBytes' | 'maxUploadFiles'>,
  own: FileBytes,
): Bounds {
  const { maxBodyBytes, maxUploadBytes: file, maxUploadFiles: files } = config;
  const beginning = 2 * maxBodyBytes + OVERHEAD_BYTES;
  const heaviest = Math.max(file, ...Object.values(own));
  return {
    file,
    files,
    beginning,
    request: beginning + Math.max(files * (file + OVERHEAD_BYTES), heaviest + OVERHEAD_BYTES),
    parser: {
      defParamCharset: 'utf8',
      // It takes a file for cut off that is exactly as long as it may be.
      limits: { fieldSize: maxBodyBytes, fields: 2, fileSize: heaviest + 1, files },
    },
  };
}

/** The longest that an operation may take: one whose files are all pictures. */
export function longestOperationMs(config: Pick<Config, 'operationTimeoutMs' | 'maxUploadFiles'>): number {
  return config.operationTimeoutMs + config.maxUploadFiles * MS_PER_PICTURE;
}
