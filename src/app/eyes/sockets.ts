import { one, type Pulled } from '../../platform/metrics/pulled.js';

/** Codes that the protocols name and the server sends. A client may close with any of four thousand. */
const KNOWN_CODES = new Set([
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500,
]);

export function closeLabelOf(code: number): string {
  return KNOWN_CODES.has(code) ? String(code) : 'other';
}

/** What is known of the sockets of a server. */
export interface SocketFigures {
  readonly open: () => number;
  /** Subscriptions that run, by field. */
  readonly running: () => Iterable<readonly [field: string, count: number]>;
  readonly delivered: () => number;
  readonly cutOff: () => number;
}

export function socketMetrics(figures: SocketFigures): Pulled[] {
  return [
    {
      name: 'sockets_open',
      help: 'WebSockets that are open, or about to close.',
      read: () => one(figures.open()),
    },
    {
      name: 'subscriptions_running',
      help: 'Subscriptions that follow their source, by field.',
      labelNames: ['field'],
      read: () => [...figures.running()].map(([field, value]) => ({ labels: { field }, value })),
    },
    {
      name: 'socket_events_delivered_total',
      help: 'Events of subscriptions that were handed to sockets.',
      isCounter: true,
      read: () => one(figures.delivered()),
    },
    {
      name: 'sockets_cut_off_total',
      help: 'WebSockets closed because their client left too much unread.',
      isCounter: true,
      read: () => one(figures.cutOff()),
    },
  ];
}
