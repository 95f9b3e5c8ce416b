import { LockWaitTimeoutException } from '@mikro-orm/core';
import { currentDeadline } from './deadline.js';
import { unavailabilityOf } from './unavailable.js';

/** How often a transaction that collides with others is begun. Ours. */
const MAX_COLLISIONS = 4;

/** How long connections that break, or cannot be had, are tried anew: a restart of PostgreSQL takes a second or two. Ours. */
const RECONNECT_WITHIN_MS = 4_000;

/** Pauses grow from about the first to about the last. Ours. */
const COLLISION_PAUSE_MS = { first: 10, most: 200 };
const RECONNECT_PAUSE_MS = { first: 50, most: 800 };

/**
 * How long to wait before a transaction of which nothing was committed is tried again; null where another try is not
 * worth it, or would not come to its end in the operation's time.
 */
export function pauseBeforeAnotherTry(error: unknown, attempt: number, elapsedMs: number): number | null {
  const ms = pauseAfter(error, attempt, elapsedMs);
  if (ms === null) return null;
  const deadline = currentDeadline();
  return deadline && deadline.msLeft <= ms ? null : ms;
}

function pauseAfter(error: unknown, attempt: number, elapsedMs: number): number | null {
  const unavailable = unavailabilityOf(error);
  if (unavailable === 'LOST' || unavailable === 'AWAY') {
    const ms = jittered(RECONNECT_PAUSE_MS, attempt);
    return elapsedMs + ms <= RECONNECT_WITHIN_MS ? ms : null;
  }
  if (unavailable === 'UNCERTAIN' || !isCollision(error)) return null;
  return attempt < MAX_COLLISIONS ? jittered(COLLISION_PAUSE_MS, attempt) : null;
}

/** Those that collide with each other must not meet again. */
function jittered({ first, most }: { first: number; most: number }, attempt: number): number {
  return Math.min(first * 2 ** (attempt - 1), most) * (0.5 + Math.random());
}

/** A lock that was waited for in vain (55P03) is none: whoever waited has waited long enough. */
function isCollision(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof LockWaitTimeoutException ||
    code === '40001' ||
    code === '40P01' ||
    code === 'SQLITE_BUSY' ||
    code === 'SQLITE_BUSY_SNAPSHOT'
  );
}
