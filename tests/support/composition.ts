import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { parse } from 'yaml';
import { MailServer } from '../api/mail/mail-server.js';
import { testSecret } from './app.js';
import { Nginx } from './nginx.js';
import { freePort } from './ports.js';
import { type Postgres, startPostgres } from './postgres.js';
import { RedisServer } from './redis.js';
import { S3Server } from './s3.js';
import { S3_KEYS } from './s3-signatures.js';
import { seedDemo } from './seed-demo.js';
import { ServerProcess } from './server-process.js';

const HERE = '127.0.0.1';

interface Composed {
  readonly services: Record<string, { readonly environment?: Record<string, string> }>;
}

/**
 * deploy/compose.yaml as processes of this machine: its nginx before two nodes with the settings that stand there, the names
 * of its other services replaced by where PostgreSQL, Redis, an S3 server and a mail server are here.
 */
export class Composition {
  readonly nodes: ServerProcess[] = [];
  private readonly files = join(tmpdir(), `carnegotiate-composition-${process.pid}`);

  private constructor(
    /** Where clients go. */
    readonly url: string,
    readonly nginx: Nginx,
    readonly s3: S3Server,
    readonly mail: MailServer,
    private readonly postgres: Postgres,
    private readonly redis: RedisServer,
    /** Of each node, by its place. */
    private readonly settings: readonly Record<string, string>[],
  ) {}

  /** All of it, with the demo's people and vehicles. `env` goes beyond what stands in the file. */
  static async start(env: Record<string, string> = {}): Promise<Composition> {
    const mail = new MailServer({ authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'] });
    const [postgres, redis, s3] = await Promise.all([
      startPostgres(),
      RedisServer.start(),
      S3Server.start(),
      mail.start(),
    ]);
    const [front, ...ports] = await Promise.all(Array.from({ length: 5 }, freePort));
    const [one, two, ...metrics] = ports.map(String) as [string, string, string, string];
    const url = `http://${HERE}:${front}`;
    const { environment, bucket } = composed({
      'http://s3:8333': `http://${HERE}:${s3.port}`,
      'http://localhost:8333': `http://${HERE}:${s3.port}`,
      'redis://redis:6379': redis.url,
      'smtp://mail:1025': `smtp://${HERE}:${mail.port}`,
      'http://localhost:8080': url,
    });
    await s3.makeBucket(bucket);
    const shared = {
      ...environment,
      NODE_ENV: 'production',
      JWT_SECRETS: `test:${testSecret}`,
      DATABASE_URL: postgres.url('postgres'),
      TRUSTED_PROXIES: HERE,
      AWS_ACCESS_KEY_ID: S3_KEYS.id,
      AWS_SECRET_ACCESS_KEY: S3_KEYS.secret,
      ...env,
    };
    const settings = [one, two].map((PORT, n) => ({ ...shared, PORT, METRICS_PORT: metrics[n] as string }));
    const nginx = new Nginx(front as number, [`${HERE}:${one}`, `${HERE}:${two}`]);
    const composition = new Composition(url, nginx, s3, mail, postgres, redis, settings);
    await composition.open(shared).catch(async (error: unknown) => {
      await composition.end();
      throw error;
    });
    return composition;
  }

  /** A figure of each node's metrics, all its labels together. */
  figures(name: string): Promise<number[]> {
    const asked = this.settings.map(async ({ METRICS_PORT }) => {
      const text = await (await fetch(`http://${HERE}:${METRICS_PORT}/metrics`)).text();
      const samples = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'gm'));
      return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
    });
    return Promise.all(asked);
  }

  /** Has a node stop in order, and starts it again where it was. Returns the exit code. */
  async roll(place: number): Promise<number | null> {
    const code = await (this.nodes[place] as ServerProcess).end('SIGTERM');
    this.nodes[place] = await this.node(place);
    return code;
  }

  async end(): Promise<void> {
    await this.nginx.stop();
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')));
    await Promise.all([this.postgres.stop(), this.redis.remove(), this.s3.remove(), this.mail.stop()]);
    await rm(this.files, { recursive: true, force: true });
  }

  private async open(shared: Record<string, string>): Promise<void> {
    await seedDemo({ ...shared, DEMO_DATA: 'true' });
    // One after the other: whichever fails to start, the others are known and end with the rest.
    for (const place of this.settings.keys()) this.nodes[place] = await this.node(place);
    await this.nginx.start();
  }

  private node(place: number): Promise<ServerProcess> {
    const env = { ...this.settings[place], TEMPORARY_DIRECTORY: join(this.files, `${place}`) };
    return ServerProcess.start(env, { main: inject('serverMain') });
  }
}

/** The settings of the nodes with parts of them replaced, each of which has to stand there, and the bucket's name. */
function composed(replacements: Record<string, string>) {
  const text = readFileSync('deploy/compose.yaml', 'utf8');
  const environment = (parse(text, { merge: true }) as Composed).services['node-1']?.environment ?? {};
  let settings = JSON.stringify(environment);
  for (const [there, here] of Object.entries(replacements)) {
    if (!settings.includes(there)) throw new Error(`deploy/compose.yaml does not say ${there} any more`);
    settings = settings.replaceAll(there, here);
  }
  const bucket = /^s3:\/\/([^/?]+)/.exec(environment.STORAGE_URL ?? '')?.[1] as string;
  return { environment: JSON.parse(settings) as Record<string, string>, bucket };
}
