import type { GraphQLFormattedError } from 'graphql';

/** Messages of graphql-transport-ws that the server sends, as JSON. */
export const ACKNOWLEDGED = '{"type":"connection_ack"}';

export function pong(payload: unknown): string {
  return JSON.stringify(payload ? { type: 'pong', payload } : { type: 'pong' });
}

const END = 0x7d; // }

/** Only its id tells a subscriber's message from another's. */
export function next(id: string, payload: Buffer): Buffer {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const length = Buffer.byteLength(head);
  const message = Buffer.allocUnsafe(length + payload.length + 1);
  message.write(head);
  payload.copy(message, length);
  message[message.length - 1] = END;
  return message;
}

export function failed(id: string, payload: readonly GraphQLFormattedError[]): string {
  return JSON.stringify({ id, type: 'error', payload });
}

export function complete(id: string): string {
  return JSON.stringify({ id, type: 'complete' });
}
