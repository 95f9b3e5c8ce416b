// A server of its own process for the bench of live delivery: the whole system, or a bare `ws` that only broadcasts.
import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { startServer } from '../src/app/server.js';

/** What the bench asks of it, and what it answers; `at` is in nanoseconds of the machine's monotonic clock. */
export type Asked = { memory: true } | { broadcast: string };
export type Told =
  | { url: string }
  | { heap: number; rss: number; objects?: Record<string, number> }
  | { committed: number; at: number };

const tell = (told: Told) => void process.send?.(told);
const now = () => Number(process.hrtime.bigint());

/** What a collection leaves. RSS counts pages, and what the operating system keeps for lines does not. */
async function tellMemory(): Promise<void> {
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  tell({ heap: heapUsed + external, rss });
}

/** The database's commits are told where they are announced: the next line of the unit of work. */
async function serveSystem(): Promise<string> {
  const composed = await compose(readConfig());
  const { bus } = composed.services;
  const publish = bus.publish.bind(bus);
  bus.publish = (topic, message) => {
    if (topic.startsWith('negotiation:') && typeof message.sequence === 'number')
      tell({ committed: message.sequence, at: now() });
    publish(topic, message);
  };
  const server = await startServer(composed);
  process.once('disconnect', () => void server.close().then(() => process.exit(0)));
  return server.url;
}

/** As its README broadcasts. */
async function serveBare(): Promise<string> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, path: '/graphql', perMessageDeflate: false });
  sockets.on('connection', (socket) => socket.on('error', () => undefined));
  process.on('message', (asked: Asked) => {
    if (!('broadcast' in asked)) return;
    const { sequence } = JSON.parse(asked.broadcast).payload.data.negotiationEvents as { sequence: number };
    tell({ committed: sequence, at: now() });
    const data = Buffer.from(asked.broadcast);
    for (const socket of sockets.clients) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data, { binary: false });
    }
  });
  process.once('disconnect', () => process.exit(0));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', 1_024, resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

process.on('message', (asked: Asked) => {
  if ('memory' in asked) void tellMemory();
});
tell({ url: process.argv[2] === 'bare' ? await serveBare() : await serveSystem() });
