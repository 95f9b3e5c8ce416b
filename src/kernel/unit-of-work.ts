import { setTimeout as pause } from 'node:timers/promises';
import { type Constraint, refusalOf } from './constraints.js';
import { type Ctx, partKey } from './context.js';
import type { BusMessage } from './ports.js';
import { pauseBeforeAnotherTry } from './retries.js';

/** Tells the rooms above; `Listeners` of events.ts. */
export const listenersPart = partKey<{ tell(tx: Tx, event: object): Promise<void> }>('listeners');
export const constraintsPart = partKey<readonly Constraint[]>('constraints');
/** Told of each transaction that is begun again; a system may do without. */
export const retriedPart = partKey<() => void>('retried');

/** A mutation at work: the operation's context with the transaction's entity manager, and what is to follow. */
export interface Tx extends Ctx {
  /** Tells the rooms above what happened; they act in this transaction, before this returns. */
  happened(event: object): Promise<void>;
  /** Runs once, after everything else and before the commit: stream heads are the last locks taken. */
  atEnd(key: symbol, work: () => Promise<void>): void;
  /** Said on the bus after the commit, and only then. */
  announce(topic: string, message: BusMessage): void;
  /** Runs after the commit, and only then: files that no row names any more. It throws nothing; what is done is done. */
  afterCommit(work: () => Promise<void>): void;
}

/** What came of a transaction, and what follows its commit. */
interface Done<T> {
  readonly result: T;
  readonly announcements: ReadonlyArray<readonly [topic: string, message: BusMessage]>;
  readonly afterwards: ReadonlyArray<() => Promise<void>>;
}

/**
 * Runs a mutation as one transaction: lock, decide, change, append events; then flush and commit; then announce.
 * What collided with others, or lost its connection, is tried again, only where nothing of it was committed: so `work`
 * may run several times, and changes nothing but by its transaction. A violated unique index becomes the refusal that
 * its room named for it.
 */
export async function write<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { result, announcements, afterwards } = await committed(ctx, work);
  ctx.loaders.clear();
  for (const [topic, message] of announcements) ctx.bus.publish(topic, message);
  for (const task of afterwards) await task();
  return result;
}

async function committed<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<Done<T>> {
  const beganAt = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(ctx, work);
    } catch (error) {
      // They may have read in the transaction that is no more.
      ctx.loaders.clear();
      const refusal = refusalOf(error, ctx.parts.get(constraintsPart));
      if (refusal) throw refusal;
      const ms = pauseBeforeAnotherTry(error, attempt, performance.now() - beganAt);
      if (ms === null) throw error;
      ctx.parts.find(retriedPart)?.();
      ctx.log.info({ attempt, reason: (error as Error).message }, 'transaction tried again');
      await pause(ms);
    }
  }
}

async function attemptOnce<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<Done<T>> {
  const announcements: Array<[topic: string, message: BusMessage]> = [];
  const afterwards: Array<() => Promise<void>> = [];
  const result = await ctx.em.fork({ clear: true }).transactional(async (em) => {
    const closing = new Map<symbol, () => Promise<void>>();
    const tx: Tx = {
      ...ctx,
      em: em as Ctx['em'],
      happened: (event) => ctx.parts.get(listenersPart).tell(tx, event),
      atEnd: (key, task) => void (closing.has(key) || closing.set(key, task)),
      announce: (topic, message) => void announcements.push([topic, message]),
      afterCommit: (task) => void afterwards.push(task),
    };
    const value = await work(tx);
    for (const task of closing.values()) await task();
    return value;
  });
  return { result, announcements, afterwards };
}
