import { expect, it } from 'vitest';
import { MemoryRateLimits } from '../../../src/platform/rate-limits/memory-rate-limits.js';
import { useApp } from '../../support/app.js';
import { until } from '../../support/live.js';
import { BareSocket } from '../../support/raw-socket.js';

const BURST = 20;

/** How often the event loop has gone round: others are served once in each turn. */
let turns = 0;
const turnOf: number[] = [];
const rateLimits = new MemoryRateLimits();
rateLimits.spend = async () => {
  turnOf.push(turns);
  return 60_000;
};

const app = useApp('sqlite', { adapters: { rateLimits } });

it('lets others have their turn between the documents that come on a socket in one burst', async () => {
  const socket = await BareSocket.upgrade(app);
  if (typeof socket === 'number') throw new Error(`Refused: ${socket}`);
  socket.write(BareSocket.textFrame({ type: 'connection_init' }));
  await until('the ack', () => socket.received.includes('connection_ack'));
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  turn();
  const operations = Array.from({ length: BURST }, (_, i) => {
    const query = `mutation { m${i}: login(input: { email: "a@example.com", password: "whatever it is" }) { user { id } } }`;
    return BareSocket.textFrame({ type: 'subscribe', id: String(i), payload: { query } });
  });
  socket.write(Buffer.concat(operations));
  await until('the attempts', () => turnOf.length >= BURST).finally(() => {
    isOver = true;
    socket.destroy();
  });
  expect(new Set(turnOf).size).toBe(BURST);
});
