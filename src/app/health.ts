import { sql } from 'kysely';
import { inTime, withDeadline } from '../kernel/deadline.js';
import type { Config } from './config.js';
import type { Orm } from './orm.js';

/** Load balancers ask every few seconds, and take who says nothing for dead. */
const ANSWER_WITHIN_MS = 2_000;

/** Something that the system stands on. */
export interface Check {
  readonly name: string;
  /** Nothing can be done without it. Without any other, the system does what it does more slowly. */
  readonly isCritical: boolean;
  readonly isUp: () => boolean | Promise<boolean>;
}

type Connection = 'connected' | 'disconnected';

export interface Readiness {
  /** Whether requests are to be sent here. */
  readonly isReady: boolean;
  readonly told: {
    readonly status: 'ready' | 'degraded' | 'draining' | 'unavailable';
    readonly draining: boolean;
    readonly [check: string]: Connection | string | boolean;
  };
}

/** Besides the database. Without Redis nodes hear of each other later, and each counts for itself; that is all. */
export function healthChecks(
  { redis }: Pick<Config, 'redis'>,
  bus: { readonly isUp?: boolean },
): readonly Check[] {
  return redis === null ? [] : [{ name: 'redis', isCritical: false, isUp: () => bus.isUp !== false }];
}

/** Says whether this process is fit to serve. */
export class Health {
  private draining = false;
  /** Those who wait for what the checks say. */
  private readonly waiting = new Set<() => void>();

  constructor(
    /** One question to the database, shared by all who ask at the same time. */
    readonly databaseAnswers: () => Promise<boolean>,
    private readonly others: readonly Check[] = [],
  ) {}

  /** From now on it says that it is about to go, and all else stays as it is. */
  drain(): void {
    this.draining = true;
    for (const leave of this.waiting) leave();
  }

  get isDraining(): boolean {
    return this.draining;
  }

  /** Once it drains nobody has to wait for what the database says, nor who has asked before. */
  async readiness(): Promise<Readiness> {
    const checks = this.draining ? null : await this.checkedUnlessDrained();
    if (checks === null) return { isReady: false, told: { status: 'draining', draining: true } };
    const down = checks.filter(({ isUp }) => !isUp);
    const isReady = down.every(({ isCritical }) => !isCritical);
    const fitness = down.length > 0 ? 'degraded' : 'ready';
    const told = {
      status: isReady ? fitness : 'unavailable',
      ...Object.fromEntries(checks.map(({ name, isUp }) => [name, isUp ? 'connected' : 'disconnected'])),
      draining: false,
    } as const;
    return { isReady, told };
  }

  private async checkedUnlessDrained() {
    const { promise: drained, resolve } = Promise.withResolvers<null>();
    const leave = () => resolve(null);
    this.waiting.add(leave);
    try {
      return await Promise.race([this.checked(), drained]);
    } finally {
      this.waiting.delete(leave);
    }
  }

  private checked() {
    const database: Check = { name: 'database', isCritical: true, isUp: this.databaseAnswers };
    const all = [database, ...this.others];
    return Promise.all(all.map(async (check) => ({ ...check, isUp: await check.isUp() })));
  }
}

/**
 * Asks the database once for all who ask at the same time. While a question that came to nothing still waits for a
 * connection, that is the answer: more of them would only wait behind it.
 */
export function databaseProbe(orm: Orm): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  const forget = () => {
    answer = undefined;
  };
  const ask = () => {
    const statement = sql`select 1`.execute(orm.em.fork().getKysely());
    statement.then(forget, forget);
    return inTime(statement);
  };
  return () => {
    answer ??= withDeadline(ANSWER_WITHIN_MS, ask).then(
      () => true,
      () => false,
    );
    return answer;
  };
}
