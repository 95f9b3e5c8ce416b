import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { Logger } from '../../kernel/ports.js';
import { closeCodes } from './close-codes.js';
import { MessageRate } from './message-rate.js';

export interface LineLimits {
  readonly maxSocketMessagesPerSecond: number;
  readonly maxUnsentBytes: number;
  readonly socketPingMs: number;
}

/**
 * A socket as graphql-ws wants to see one. Nothing goes through it that is over the limits, and nothing at all once it
 * has begun to close. graphql-ws has an adapter of its own: it has no place for limits, and prints to the console.
 */
export function lineOf(socket: WebSocket, limits: LineLimits, log: Logger): ProtocolSocket {
  const admits = doorOf(socket, limits);
  socket.on('ping', (data: Buffer) => void (admits() && socket.pong(data)));
  socket.on('pong', () => void admits());
  // A frame that breaks the protocol or is too large: ws closes with the right code (1002, 1009).
  socket.on('error', (error) => log.debug({ err: error }, 'a socket broke the protocol'));
  watchPulse(socket, limits.socketPingMs);

  return {
    protocol: socket.protocol,
    send: (data) => {
      if (!keepsReading(socket, limits)) return;
      // Resolves also where it could not be sent: the line is about to close then, and ends what runs on it.
      return new Promise((resolve) => socket.send(data, () => resolve()));
    },
    close: (code, reason) => socket.close(code, reason),
    onMessage: (receive) =>
      socket.on('message', (data: RawData) => {
        if (!admits()) return;
        receive(String(data)).catch((error: unknown) => {
          if (isOutOfPlace(error)) return socket.close(closeCodes.badRequest, 'Invalid message received');
          log.error({ err: error }, 'a message on a socket failed');
          socket.close(closeCodes.internalError, 'Internal server error');
        });
      }),
  };
}

/** graphql-ws throws it at messages that only a server sends. */
function isOutOfPlace(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}

/**
 * Whether what has just come may be looked at. Past the limit the socket is not even read any more: what a flood costs
 * is what was under way already.
 */
function doorOf(socket: WebSocket, limits: LineLimits): () => boolean {
  const rate = new MessageRate(limits.maxSocketMessagesPerSecond);
  // connection_init comes once and counts for nothing: a client may take up all that it may follow in one go.
  let isFirst = true;
  return () => {
    if (!keepsReading(socket, limits)) return false;
    if (!isFirst && !rate.allows()) {
      socket.close(closeCodes.tooMany, 'Too many messages');
      socket.pause();
      return false;
    }
    isFirst = false;
    return true;
  };
}

/** Whether the socket is open; one whose client leaves too much unread is closed here. */
function keepsReading(socket: WebSocket, { maxUnsentBytes }: LineLimits): boolean {
  if (socket.readyState !== socket.OPEN) return false;
  if (socket.bufferedAmount <= maxUnsentBytes) return true;
  socket.close(closeCodes.tooSlow, 'Too much unread: connect again and resume with after');
  return false;
}

/** Pings, and cuts the line of who did not answer the last one. */
function watchPulse(socket: WebSocket, everyMs: number): void {
  let hasAnswered = true;
  const timer = setInterval(() => {
    if (!hasAnswered) return socket.terminate();
    hasAnswered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, everyMs);
  socket.on('pong', () => {
    hasAnswered = true;
  });
  socket.once('close', () => clearInterval(timer));
}
