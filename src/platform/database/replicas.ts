import type { Kysely } from 'kysely';
import { inTime, withDeadline, withoutDeadline } from '../../kernel/deadline.js';
import type { Logger } from '../../kernel/ports.js';
import type { PoolFigures } from './lines.js';
import type { DatabaseServer } from './postgresql.js';
import { Lag, type Standing } from './replica-lag.js';

/** How often replicas are looked at, and how long one may take to answer. Ours. */
const LOOKED_AT_EVERY_MS = 2_000;
const ANSWERS_WITHIN_MS = 2_000;

/** READY ones are asked. BEHIND: alive, but further behind than may be. AWAY: does not answer, or is no replica. */
export type ReplicaState = 'READY' | 'BEHIND' | 'AWAY';

export interface ReplicaFigures {
  readonly name: string;
  readonly state: ReplicaState;
  /** How far behind it is at most; null where it does not say. */
  readonly lagMs: number | null;
  /** Operations that were sent to it. */
  readonly asked: number;
  readonly pool: PoolFigures;
}

class Replica {
  state: ReplicaState = 'AWAY';
  asked = 0;
  lagMs: number | null = null;
  readonly lag = new Lag();
  looking = false;

  constructor(readonly server: DatabaseServer) {}
}

/**
 * The replicas of a database, for reads that may lag behind. They are asked in turn, those only that answer and are not
 * too far behind; with none of them left there is the primary.
 */
export class Replicas {
  private readonly all: readonly Replica[];
  private turn = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly primary: DatabaseServer | null,
    servers: readonly DatabaseServer[],
    private readonly options: { readonly maxLagMs: number; readonly log: Logger; readonly everyMs?: number },
  ) {
    this.all = servers.map((server) => new Replica(server));
    for (const replica of this.all) {
      replica.server.onFailure = () => void this.look(replica, null);
    }
  }

  /** The one whose turn it is; null where the primary has to do. */
  pick(): Kysely<object> | null {
    const ready = this.all.filter(({ state }) => state === 'READY');
    const replica = ready[this.turn++ % ready.length];
    if (!replica) return null;
    replica.asked += 1;
    return replica.server.db;
  }

  figures(): ReplicaFigures[] {
    return this.all.map(({ server, state, lagMs, asked }) => {
      return { name: server.name, state, lagMs, asked, pool: server.figures };
    });
  }

  start(): void {
    if (this.all.length === 0) return;
    void this.lookAtAll();
    this.timer = setInterval(() => void this.lookAtAll(), this.options.everyMs ?? LOOKED_AT_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks at all of them once; who is still being looked at is not asked again. */
  async lookAtAll(): Promise<void> {
    const written = await this.primaryPosition();
    await Promise.all(this.all.map((replica) => this.look(replica, written)));
  }

  /** Where the primary's log ends; null where it does not say: then the replicas are all there is. */
  private async primaryPosition(): Promise<bigint | null> {
    if (!this.primary) return null;
    const { primary } = this;
    return soon(async () => {
      const [row] = await primary.ask<{ at: string }>(POSITION);
      return BigInt(row?.at ?? 0);
    }).catch(() => null);
  }

  private async look(replica: Replica, written: bigint | null): Promise<void> {
    if (replica.looking) return;
    replica.looking = true;
    try {
      const standing = await soon(() => standingOf(replica.server));
      replica.lagMs = standing === null ? null : replica.lag.at(standing, written, performance.now());
      if (standing === null) this.become(replica, 'AWAY', 'it is no replica');
      else if (replica.lagMs !== null && replica.lagMs <= this.options.maxLagMs)
        this.become(replica, 'READY');
      else this.become(replica, 'BEHIND');
    } catch (error) {
      replica.lagMs = null;
      this.become(replica, 'AWAY', error instanceof Error ? error.message : String(error));
      // What waits there for an answer is told that there is none, and asks the primary; but not where it does answer.
      if (!isOfServer(error)) replica.server.sever();
    } finally {
      replica.looking = false;
    }
  }

  private become(replica: Replica, state: ReplicaState, reason?: string): void {
    if (replica.state === state) return;
    replica.state = state;
    const details = { replica: replica.server.name, state, lagMs: replica.lagMs, reason };
    if (state === 'READY') this.options.log.info(details, 'a replica is asked');
    else this.options.log.warn(details, 'a replica is not asked');
  }
}

/** A question of our own, whoever happens to set it off. */
function soon<T>(ask: () => Promise<T>): Promise<T> {
  return withoutDeadline(() => withDeadline(ANSWERS_WITHIN_MS, () => inTime(ask())));
}

const POSITION = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as at";

const STANDING = `select pg_is_in_recovery() as replica,
  pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint as replayed,
  (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::float8 as since`;

/** Null where the server is no replica: it was promoted, or never was one. */
async function standingOf(server: DatabaseServer): Promise<Standing | null> {
  const [row] = await server.ask<{ replica: boolean; replayed: string | null; since: number | null }>(
    STANDING,
  );
  if (!row?.replica || row.replayed === null) return null;
  return { replayed: BigInt(row.replayed), sinceLastMs: row.since };
}

/** It refused, for want of connections for instance: then it is there. The driver's own errors know no severity. */
function isOfServer(error: unknown): boolean {
  return (error as { severity?: unknown }).severity !== undefined;
}
