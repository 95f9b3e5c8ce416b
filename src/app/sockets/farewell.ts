import { setTimeout as pause } from 'node:timers/promises';

/** A socket that is to be told to come back later. */
export interface Leaving {
  /** It waits for the answer to a query or a mutation: told now, its client would not know what came of it. */
  readonly isBusy: boolean;
  close(): void;
}

const TICK_MS = 20;

/** Clients come back at once, and each has something to ask then: 5,000 in a second, more where there is no time for that. */
const AT_LEAST_PER_TICK = 100;

/** Share of the time that it may take to tell all who wait for nothing. */
const SHARE = 1 / 3;

/** Tells all to go, a few at a time, the busy ones when they have their answer, and at the end of the time all that are left. */
export async function sayGoodbye(everybody: Iterable<Leaving>, withinMs: number): Promise<void> {
  const leaving = new Set(everybody);
  const endsAt = performance.now() + withinMs;
  const perTick = Math.max(AT_LEAST_PER_TICK, Math.ceil((leaving.size * TICK_MS) / (withinMs * SHARE)));
  while (leaving.size > 0) {
    const isOver = performance.now() >= endsAt;
    let left = isOver ? Number.POSITIVE_INFINITY : perTick;
    for (const socket of leaving) {
      if (left === 0) break;
      if (socket.isBusy && !isOver) continue;
      leaving.delete(socket);
      socket.close();
      left -= 1;
    }
    if (leaving.size > 0) await pause(TICK_MS);
  }
}
