import { CompiledQuery, type DatabaseConnection } from 'kysely';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import type { Grip } from './guarded.js';

/** How many connections there are, how many of them are at nothing, and how many operations wait for one. */
export interface PoolFigures {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/** How long a server may take to take a cancellation, for which the connection to be freed waits, or a question. */
const PATIENCE_MS = 5_000;

/** Longer than from one look at a replica to the next. */
const IDLE_MS = 5_000;

/** What pg's types keep to themselves. */
type Client = PoolClient & {
  readonly processID: number | null;
  readonly connection: { readonly stream: { destroy(): void } };
};

/**
 * The connections of a pool, to be got hold of from outside. Statements are cancelled, and questions asked, over connections
 * of their own: those of the pool may all be busy, with what is to be cancelled for instance. Kysely can cancel too, but
 * with a client whose errors nobody listens to, and those end the process.
 */
export class Lines {
  private readonly clients = new Set<Client>();
  private readonly aside: Pool;

  constructor(
    private readonly pool: Pool,
    options: PoolConfig,
  ) {
    pool.on('connect', (client) => this.clients.add(client as Client));
    pool.on('remove', (client) => this.clients.delete(client as Client));
    this.aside = new (pool.constructor as new (options: PoolConfig) => Pool)({
      ...options,
      min: 0,
      max: 2,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
    // A connection that broke while it was idle; one that breaks at work rejects its statement.
    this.aside.on('error', () => undefined);
    this.aside.on('connect', (client) => client.on('error', () => undefined));
  }

  get figures(): PoolFigures {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.pool;
    return { total, idle, waiting, max: this.pool.options.max };
  }

  async gripOn(connection: DatabaseConnection): Promise<Grip> {
    const { rows } = await connection.executeQuery<{ pid: number }>(
      CompiledQuery.raw('select pg_backend_pid() as pid'),
    );
    const pid = rows[0]?.pid;
    return {
      cancel: async () => {
        await this.aside.query('select pg_cancel_backend($1)', [pid]);
      },
      sever: () => {
        for (const client of this.clients) if (client.processID === pid) sever(client);
      },
    };
  }

  async ask<Row>(text: string): Promise<Row[]> {
    return (await this.aside.query(text)).rows as Row[];
  }

  severAll(): void {
    for (const client of this.clients) sever(client);
  }

  end(): Promise<void> {
    return this.aside.end();
  }
}

/** What the client is at fails at once, and its pool throws it away. */
function sever(client: Client): void {
  client.connection.stream.destroy();
}
