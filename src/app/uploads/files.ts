import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Upload as Arrival } from 'graphql-upload-minimal';
import { AppError } from '../../kernel/errors.js';
import { filenameOf, Upload } from '../../kernel/upload.js';
import type { MultipartBody } from './multipart-body.js';
import { malformed } from './places.js';

/**
 * Writes the files of a request into a directory as they arrive, in whatever order, and returns each by its arrival.
 * None is ever whole in memory. One that fails ends the others: what they wait for will not come.
 * @throws AppError PAYLOAD_TOO_LARGE for a file over `maxBytes`, BAD_USER_INPUT for a request that breaks off.
 */
export async function receiveFiles(
  body: MultipartBody,
  arrivals: ReadonlySet<Arrival>,
  directory: string,
  maxBytes: number,
): Promise<Map<Arrival, Upload>> {
  const received = new Map<Arrival, Upload>();
  const failures: Error[] = [];
  await Promise.all(
    [...arrivals].map(async (arrival) => {
      try {
        received.set(arrival, await receiveFile(arrival, directory, maxBytes));
      } catch (error) {
        // Of several the first: the others follow from it.
        failures.push(body.errored ?? (error as Error));
        body.destroy(error as Error);
      }
    }),
  );
  if (failures[0]) throw refusalOf(failures[0]);
  return received;
}

async function receiveFile(arrival: Arrival, directory: string, maxBytes: number): Promise<Upload> {
  const file = await arrival.promise;
  const stream = file.createReadStream() as Readable & { truncated?: boolean };
  const path = join(directory, randomUUID());
  let size = 0;
  const tooLarge = () => new AppError('PAYLOAD_TOO_LARGE', `A file has ${maxBytes} bytes at most.`);
  // Drawn, not piped: at its limit the library unpipes a stream without a word, and a pipe would wait for ever.
  const counted = async function* (pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > maxBytes) throw tooLarge();
      yield piece;
    }
  };
  await pipeline(stream, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  if (stream.truncated) throw tooLarge();
  // A part of the type application/octet-stream is a file, named or not.
  return new Upload(path, size, filenameOf((file.filename as string | undefined) ?? ''));
}

/** What a client is told of what the library, its parser or the line complained of; a fault of ours stays one. */
export function refusalOf(error: Error): Error {
  if (error instanceof AppError || 'syscall' in error) return error;
  if ((error as { status?: unknown }).status === 413) {
    return new AppError('PAYLOAD_TOO_LARGE', 'The files are too large, or too many.');
  }
  return malformed('it breaks off, or lacks a file that "map" names');
}
