import { sql } from 'kysely';
import { type Ctx, partKey, type Services } from '../../kernel/context.js';
import type { Clock } from '../../kernel/ports.js';
import { levelOf } from '../../kernel/unavailable.js';

/** Said on the bus when a session was revoked: `{ sessionId }`. */
export const SESSIONS_REVOKED = 'sessions-revoked';

/** Well under the 5 s in which a revocation has to be known on every node. */
const REREAD_MS = 2_000;

/**
 * How far a reading goes back before the last one: a revocation that commits late, or on a node whose clock is behind,
 * is still found. What is older is not read again.
 */
const OVERLAP_MS = 60_000;

export const revokedSessionsPart = partKey<RevokedSessions>('accounts.revoked-sessions');

/**
 * The sessions revoked so lately that access tokens of theirs may still be about. Checking a token costs no query: the
 * bus tells of each revocation at once, and the database, read again and again, of each that the bus lost.
 */
export class RevokedSessions {
  /** By session id, when it was revoked or, from the bus, when that was heard: UTC milliseconds. */
  private readonly times = new Map<string, number>();
  private readonly listeners = new Set<(sessionId: string) => void>();
  private lastReadAt = Number.NEGATIVE_INFINITY;
  /** Until a node that has just started has read, or tried to, what was revoked before: it could not tell by then. */
  beginning: Promise<void> = Promise.resolve();

  /** `keepMs`: how long the access tokens of a revoked session live at most. */
  constructor(
    private readonly clock: Clock,
    private readonly keepMs: number,
  ) {}

  has(sessionId: string): boolean {
    return this.times.has(sessionId);
  }

  add(sessionId: string, revokedAt = this.clock.now().getTime()): void {
    if (this.times.has(sessionId)) return;
    this.times.set(sessionId, revokedAt);
    for (const listener of this.listeners) listener(sessionId);
  }

  /** Calls `listener` once for each session that becomes known as revoked, until the returned function is called. */
  onAdded(listener: (sessionId: string) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Takes in what the database knows, and forgets what no living token can belong to. One statement. */
  async reread(ctx: Pick<Ctx, 'em'>): Promise<void> {
    const now = this.clock.now().getTime();
    const oldest = now - this.keepMs;
    const since = Math.max(oldest, this.lastReadAt - OVERLAP_MS);
    const { rows } = await sql<{ id: string; revoked_at: number | string }>`
      select id, revoked_at from sessions where revoked_at > ${since}`.execute(ctx.em.getKysely());
    this.lastReadAt = now;
    for (const row of rows) this.add(row.id, Number(row.revoked_at));
    for (const [id, revokedAt] of this.times) if (revokedAt <= oldest) this.times.delete(id);
  }
}

/** Keeps the set up to date until the returned function is called. */
export function followRevocations(services: Services, makeCtx: () => Ctx): () => Promise<void> {
  const revoked = services.parts.get(revokedSessionsPart);
  const unsubscribe = services.bus.subscribe(SESSIONS_REVOKED, ({ sessionId }) => {
    if (typeof sessionId === 'string') revoked.add(sessionId);
  });
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();
  const read = () => {
    reading = revoked
      .reread(makeCtx())
      .catch((error: unknown) =>
        services.log[levelOf(error)]({ err: error }, 'revoked sessions could not be read'),
      )
      .then(() => {
        if (!stopped) timer = setTimeout(read, REREAD_MS).unref();
      });
  };
  read();
  revoked.beginning = reading;
  return async () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
    await reading;
  };
}
