import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { testSecret } from './app.js';
import { Balancer } from './balancer.js';
import { ServerProcess, type StartOptions } from './server-process.js';

export interface ClusterOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Settings of every node. */
  readonly env?: Record<string, string>;
  /** Has the nodes say that they serve by another line than `listening`: of several workers each says that. */
  readonly ready?: string;
}

/**
 * Several nodes on one database and one Redis, each a process as `npm start` runs it, behind a load balancer. Uploads and
 * mails are in folders that all share, as with S3 and SMTP.
 */
export class TestCluster {
  readonly nodes: ServerProcess[] = [];
  readonly files = join(tmpdir(), `carnegotiate-cluster-${randomUUID()}`);

  private constructor(
    readonly balancer: Balancer,
    private readonly options: ClusterOptions,
  ) {}

  /** Nodes that start at the same time. */
  static async start(count: number, options: ClusterOptions): Promise<TestCluster> {
    const cluster = new TestCluster(await Balancer.start(), options);
    await Promise.all(Array.from({ length: count }, () => cluster.add()));
    return cluster;
  }

  /** Where clients go. */
  get url(): string {
    return this.balancer.url;
  }

  /** Starts one more node, and has the balancer send to it. */
  async add(env: Record<string, string> = {}): Promise<ServerProcess> {
    const { ready } = this.options;
    const start: StartOptions = { main: inject('serverMain'), ...(ready ? { ready } : {}) };
    const node = await ServerProcess.start({ ...this.env(), ...env }, start);
    this.nodes.push(node);
    await this.balancer.add(node.url);
    return node;
  }

  /** What all nodes have in common; a command that works on their database wants it too. */
  env(): Record<string, string> {
    return {
      JWT_SECRETS: `test:${testSecret}`,
      DATABASE_URL: this.options.databaseUrl,
      REDIS_URL: this.options.redisUrl,
      STORAGE_URL: `disk:${join(this.files, 'uploads')}`,
      MAIL_DIRECTORY: join(this.files, 'mail'),
      TEMPORARY_DIRECTORY: join(this.files, 'tmp'),
      // What is not proved here must not be in the way of many clients on one address.
      MAX_SOCKETS_PER_IP: '100000',
      MAX_SOCKETS_PER_USER: '1000',
      MESSAGES_PER_MINUTE: '10000',
      ...this.options.env,
    };
  }

  /** As a deployment does it: another node comes, and the old one is told to stop. Returns the old one's exit code. */
  async roll(node: ServerProcess): Promise<number | null> {
    await this.add();
    return this.stop(node);
  }

  /** Has a node stop in order. The balancer finds out by itself. */
  async stop(node: ServerProcess): Promise<number | null> {
    const code = await node.end('SIGTERM');
    this.forget(node);
    return code;
  }

  /** Ends a node as a power cut does. */
  async kill(node: ServerProcess): Promise<void> {
    await node.end('SIGKILL');
    this.forget(node);
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end('SIGKILL')));
    await this.balancer.close();
    await rm(this.files, { recursive: true, force: true });
  }

  private forget(node: ServerProcess): void {
    this.balancer.remove(node.url);
    const at = this.nodes.indexOf(node);
    if (at >= 0) this.nodes.splice(at, 1);
  }
}
