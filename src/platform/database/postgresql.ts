import type { Configuration } from '@mikro-orm/core';
import {
  AbstractSqlDriver,
  EntityManager,
  MikroORM,
  PostgreSqlConnection,
  PostgreSqlPlatform,
} from '@mikro-orm/postgresql';
import type { DatabaseConnection, Kysely, PostgresDialect } from 'kysely';
import type { Pool, PoolConfig } from 'pg';
import { type Guard, guarded } from './guarded.js';
import { Lines, type PoolFigures } from './lines.js';
import { OutageLog } from './outage-log.js';
import { explainPostgresql, isNoPrimary } from './postgresql-errors.js';
import { readAgain, readElsewhere } from './reads-again.js';
import { connectionSettings, type PostgresqlSettings } from './settings.js';

/** One server, the primary or a replica, as who watches over it sees it. */
export interface DatabaseServer {
  /** Host and port. */
  readonly name: string;
  readonly db: Kysely<object>;
  readonly figures: PoolFigures;
  /** Asks something beside the pool, whose connections may all be busy. */
  ask<Row>(text: string): Promise<Row[]>;
  /** Told when a statement has failed for want of this server. */
  onFailure: (error: unknown) => void;
  /** Breaks all connections: what they are at fails, and is tried elsewhere where it can be. */
  sever(): void;
}

interface Servers {
  readonly primary: DatabaseServer;
  readonly replicas: readonly DatabaseServer[];
}

/** What a driver made by `postgresqlDriver` talks to; null for another driver. */
export function serversOf(driver: object): Servers | null {
  return 'servers' in driver ? (driver.servers as Servers) : null;
}

/** Beyond the time that the server itself gives a statement: then it is not there. Ours. */
const SILENCE_MS = 10_000;

/**
 * PostgreSQL through MikroORM's own connection: each statement reported, cancelled when its operation's time is up, and
 * what fails for want of a server marked as such. What only reads and lost its connection is asked again.
 */
export function postgresqlDriver(guard: Guard, settings: PostgresqlSettings) {
  const { statementMs } = settings.timeouts;

  class GuardedConnection extends PostgreSqlConnection implements DatabaseServer {
    onFailure: (error: unknown) => void = () => undefined;
    private lines: Lines | undefined;

    get name(): string {
      const { host, port } = this.getConnectionOptions();
      return `${host}:${port || 5432}`;
    }

    get db(): Kysely<object> {
      return this.getClient();
    }

    get figures(): PoolFigures {
      return this.lines?.figures ?? { total: 0, idle: 0, waiting: 0, max: 0 };
    }

    async ask<Row>(text: string): Promise<Row[]> {
      // They come with the client, which is made when it is first asked for.
      this.getClient();
      return (this.lines as Lines).ask(text);
    }

    sever(): void {
      this.lines?.severAll();
    }

    override async close(force?: boolean): Promise<void> {
      await Promise.all([super.close(force), this.lines?.end()]);
      this.lines = undefined;
    }

    override createKysely(): void {
      // Only dialects that others bring are made asynchronously.
      void super.createKysely();
      const db = this.getClient<object>();
      if (this.type === 'read') readElsewhere(db, primaryOf(this.config), (error) => this.onFailure(error));
      else readAgain(db);
    }

    override createKyselyDialect(overrides: PoolConfig): PostgresDialect {
      const given = { ...overrides, ...connectionSettings(settings, this.options.clientUrl, this.type) };
      let lines: Lines | undefined;
      const onPoolCreated = (pool: Pool) => {
        lines = new Lines(pool, this.mapOptions(given));
      };
      const dialect = super.createKyselyDialect({ ...given, onPoolCreated } as PoolConfig);
      this.lines = lines;
      const outages = new OutageLog(this.name, guard.warn);
      const whole: Guard = {
        ...guard,
        explain: (error, doing) => {
          explainPostgresql(error, doing);
          outages.note(error);
        },
        grip: (connection: DatabaseConnection) => (lines as Lines).gripOn(connection),
        ...(this.type === 'read' ? {} : { isLastOf: isNoPrimary }),
        ...(statementMs > 0 ? { silenceMs: statementMs + SILENCE_MS } : {}),
      };
      // MikroORM only hands it to Kysely, which asks for no more than a Dialect.
      return guarded(dialect, whole) as PostgresDialect;
    }
  }

  return class extends AbstractSqlDriver<GuardedConnection> {
    constructor(config: Configuration) {
      super(config, new PostgreSqlPlatform(), GuardedConnection, ['kysely', 'pg']);
    }

    get servers(): Servers {
      return { primary: this.connection, replicas: this.replicas };
    }

    override createEntityManager(useContext?: boolean) {
      return new EntityManager(this.config, this as never, this.metadata, useContext) as never;
    }

    override getORMClass() {
      return MikroORM;
    }
  };
}

function primaryOf(config: Configuration): () => Kysely<object> {
  return () => (serversOf(config.getDriver()) as Servers).primary.db;
}
