import { DeadlockException, LockWaitTimeoutException } from '@mikro-orm/core';
import { type Constraint, refusalOf } from './constraints.js';
import { type Ctx, partKey } from './context.js';
import type { BusMessage } from './ports.js';

/** Tells the rooms above; `Listeners` of events.ts. */
export const listenersPart = partKey<{ tell(tx: Tx, event: object): Promise<void> }>('listeners');
export const constraintsPart = partKey<readonly Constraint[]>('constraints');

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

const MAX_ATTEMPTS = 4;

/**
 * Runs a mutation as one transaction: lock, decide, change, append events; then flush and commit; then announce.
 * Serialization failures and deadlocks are tried again, for nothing of them was committed. A violated unique index
 * becomes the refusal that its room named for it.
 */
export async function write<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const announcements: Array<[topic: string, message: BusMessage]> = [];
    const afterwards: Array<() => Promise<void>> = [];
    try {
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
      ctx.loaders.clear();
      for (const [topic, message] of announcements) ctx.bus.publish(topic, message);
      for (const task of afterwards) await task();
      return result;
    } catch (error) {
      const refusal = refusalOf(error, ctx.parts.get(constraintsPart));
      if (refusal) throw refusal;
      if (attempt === MAX_ATTEMPTS || !isWorthAnotherTry(error)) throw error;
      ctx.log.warn({ attempt, err: error }, 'transaction tried again');
    }
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof DeadlockException || error instanceof LockWaitTimeoutException) return true;
  const code = (error as { code?: unknown }).code;
  return code === '40001' || code === '40P01' || code === 'SQLITE_BUSY' || code === 'SQLITE_BUSY_SNAPSHOT';
}
