import type { IncomingMessage } from 'node:http';
import busboy, { type BusboyConfig } from 'busboy';
import { AppError } from '../../kernel/errors.js';
import { malformed, type Preamble } from './places.js';

/** The beginning of a multipart request, and the bytes that it took, to be read once more. */
export interface Beginning extends Preamble {
  readonly bytes: Buffer;
}

/**
 * Reads a multipart request as far as its first two parts, which must be `operations` and `map`. `config` is the
 * library's own: what it will read out of the same bytes is what was read here. The request is left paused.
 * @throws AppError BAD_USER_INPUT, PAYLOAD_TOO_LARGE for a part or a beginning that is too long.
 */
export function readBeginning(
  request: IncomingMessage,
  config: BusboyConfig,
  maxBytes: number,
): Promise<Beginning> {
  return new Promise((resolve, reject) => {
    const parser = parserOf(config);
    const pieces: Buffer[] = [];
    const parts: string[] = [];
    let size = 0;
    let isOver = false;
    const finish = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      request.off('data', take).off('end', end).off('close', cut).pause();
      // It complains of having been ended, and its listener below stays for that.
      parser.destroy();
      settle();
    };
    const refuse = (error: AppError) => finish(() => reject(error));
    const take = (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > maxBytes) refuse(tooLong());
      else parser.write(piece);
    };
    const end = () => parser.end();
    const cut = () => refuse(malformed('it is cut short'));
    parser.on('field', (name, value, { valueTruncated }) => {
      if (name !== (parts.length === 0 ? 'operations' : 'map')) {
        return refuse(malformed('"operations" and "map" come first'));
      }
      if (valueTruncated) return refuse(tooLong());
      if (parts.push(value) < 2) return;
      const [operations, map] = parts as [string, string];
      finish(() => resolve({ operations, map, bytes: Buffer.concat(pieces) }));
    });
    parser.on('file', (_name, stream) => {
      stream.on('error', () => undefined).resume();
      refuse(malformed('"operations" and "map" come before the files'));
    });
    parser.on('error', () => refuse(malformed('its parts cannot be told apart')));
    parser.on('close', () => refuse(malformed('"operations" or "map" is missing')));
    request.on('data', take).on('end', end).on('close', cut);
  });
}

function parserOf(config: BusboyConfig) {
  try {
    return busboy(config);
  } catch {
    throw malformed('its header names no boundary');
  }
}

function tooLong(): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', 'The operation is too long.');
}
