import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PassThrough, type Readable, type TransformCallback } from 'node:stream';
import { AppError } from '../../kernel/errors.js';
import { malformed } from './places.js';
import type { Beginning } from './preamble.js';

/**
 * What the library reads in the place of the request: the same bytes, with a bound to them. When it has failed the
 * request itself is still there to be answered. `destroy(error)` ends everything that waits for files, and `errored` is
 * what began it.
 */
export class MultipartBody extends PassThrough {
  readonly headers: IncomingHttpHeaders;
  private readonly names = new Set<string>();

  constructor(
    request: IncomingMessage,
    { bytes }: Beginning,
    private bytesLeft: number,
  ) {
    super();
    this.headers = request.headers;
    this.on('error', () => undefined);
    request.once('close', () => {
      if (!request.readableEnded) this.destroy(malformed('it is cut short'));
    });
    this.write(bytes);
    request.pipe(this);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytesLeft -= chunk.length;
    if (this.bytesLeft < 0) done(new AppError('PAYLOAD_TOO_LARGE', 'The request is too large.'));
    else done(null, chunk);
  }

  /** The library's parser is known to nobody else. */
  override pipe<T extends NodeJS.WritableStream>(parser: T, options?: { end?: boolean }): T {
    // The library hears its first error, and a malformed header makes two: the second would end the process.
    parser.on('error', () => undefined);
    // A second file of one name would be read by nobody, and all behind it would wait for ever.
    parser.on('file', (name: string, file: Readable) => {
      if (this.names.has(name)) file.on('error', () => undefined).resume();
      this.names.add(name);
    });
    return super.pipe(parser, options);
  }
}
