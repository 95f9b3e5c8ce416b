import { readFileSync } from 'node:fs';
import type { PoolConfig } from 'pg';

/** What PostgreSQL, and who waits for it, puts up with, in milliseconds; 0 for no bound. */
export interface PostgresqlTimeouts {
  /** For a connection, of the pool's or a new one. */
  readonly connectMs: number;
  /** One statement, of whomever: those of operations end with their operation, long before. */
  readonly statementMs: number;
  /** Waiting for a lock. */
  readonly lockMs: number;
  /** A transaction in which nothing happens. */
  readonly idleTransactionMs: number;
}

export interface PostgresqlSettings {
  readonly timeouts: PostgresqlTimeouts;
  /** What `pg_stat_activity` calls its connections. */
  readonly applicationName: string;
}

/** Linux waits for two hours before it asks whether the other side of a silent connection is still there. Ours. */
const KEEP_ALIVE_MS = 10_000;

/** What each connection of a pool is opened with. `type` is MikroORM's: `read` for a replica. */
export function connectionSettings(
  { timeouts, applicationName }: PostgresqlSettings,
  url: string | undefined,
  type: string,
): PoolConfig {
  return {
    connectionTimeoutMillis: timeouts.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: type === 'read' ? `${applicationName} reading` : applicationName,
    statement_timeout: timeouts.statementMs,
    lock_timeout: timeouts.lockMs,
    idle_in_transaction_session_timeout: timeouts.idleTransactionMs,
    ...encryption(url),
  };
}

/**
 * What a URL says of TLS, which MikroORM leaves unread: `sslmode` as libpq has it, but that whatever is encrypted is
 * also verified, unless it says `no-verify`; `sslrootcert` is a file of certificates to trust.
 */
function encryption(url: string | undefined): Pick<PoolConfig, 'ssl'> {
  if (!url) return {};
  const parameters = new URL(url).searchParams;
  const mode = parameters.get('sslmode');
  if (mode === null) return {};
  if (mode === 'disable' || mode === 'allow' || mode === 'prefer') return { ssl: false };
  if (mode === 'no-verify') return { ssl: { rejectUnauthorized: false } };
  const file = parameters.get('sslrootcert');
  return { ssl: file === null ? true : { ca: readFileSync(file, 'utf8') } };
}
