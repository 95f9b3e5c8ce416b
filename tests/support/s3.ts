import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll } from 'vitest';
import { freePort } from './ports.js';
import { answeredFor, makeWholeOrNothing, tellError, withoutLink } from './s3-lacks.js';
import { S3_KEYS, signatureFault } from './s3-signatures.js';

const BUCKET = 'carnegotiate-tests';

/**
 * s3rver 3.7.1 on a free port of 127.0.0.1, behind what it lacks of S3 and we rely on: it checks no signature of version
 * 4 and lets strangers read; an object can be read while it arrives, and what broke off stays; uploads in parts can be
 * neither listed nor aborted; lists have one page. (It also sends all of a file for `bytes=0-0`, and knows no ranges from
 * the end.)
 * It can be stopped and started again on the same port, and held: then it takes requests and answers none.
 */
export class S3Server {
  /** By which presigned links are too old: tests have clocks of their own. */
  now: () => Date = () => new Date();
  /** Each request that came, as `PUT /bucket/key`. */
  readonly requests: string[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), 'carnegotiate-s3-'));
  private readonly s3rver = new S3rver({ directory: this.directory, silent: true, vhostBuckets: false });
  private readonly answer = this.s3rver.callback();
  private server: Server | undefined;
  private isHeld: (request: string) => boolean = () => false;
  private refusal: { readonly status: number; readonly code: string } | null = null;

  private constructor(readonly port: number) {}

  static async start(): Promise<S3Server> {
    const server = new S3Server(await freePort());
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: S3_KEYS.id, AWS_SECRET_ACCESS_KEY: S3_KEYS.secret });
    await server.s3rver.store.putBucket(BUCKET);
    makeWholeOrNothing(server.s3rver.store, server.directory);
    await server.start();
    return server;
  }

  async makeBucket(name: string): Promise<void> {
    await this.s3rver.store.putBucket(name);
  }

  /** As STORAGE_URL has it. */
  url(bucket = BUCKET, folder = 'files'): string {
    return `s3://${bucket}/${folder}?endpoint=http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.handle(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  /** Ends it at once: lines break off. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Lets requests come, those that `which` names, and answers them never. */
  hold(which: (request: string) => boolean = () => true): void {
    this.isHeld = which;
  }

  /** Answers all requests with an error of S3's. */
  refuse(status: number, code: string): void {
    this.refusal = { status, code };
  }

  recover(): void {
    this.isHeld = () => false;
    this.refusal = null;
  }

  /** Stops it for good. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get openLines(): Promise<number> {
    return new Promise((resolve) => {
      if (!this.server) return resolve(0);
      this.server.getConnections((_error, count) => resolve(count));
    });
  }

  /** What is written beside an object: its type, its caching. Null where there is none. */
  async headersOf(key: string): Promise<Record<string, string> | null> {
    const path = join(this.directory, BUCKET, 'files', `${key}._S3rver_metadata.json`);
    return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as Record<string, string>) : null;
  }

  /** Objects that hold next to nothing, without a request. */
  async place(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const path = join(this.directory, BUCKET, 'files', `${key}._S3rver_object`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'x');
      await writeFile(`${path}.md5`, '9dd4e461268c8034f5c8564e155c67a6');
    }
  }

  /** The keys of all objects. */
  async objects(): Promise<string[]> {
    const names = await readdir(join(this.directory, BUCKET, 'files'), { recursive: true }).catch(() => []);
    return names.flatMap((name) => (name.endsWith('._S3rver_object') ? [name.slice(0, -15)] : [])).sort();
  }

  /** The ids of uploads in parts that were begun and neither completed nor aborted. */
  unfinished(): Promise<string[]> {
    return readdir(this.s3rver.store.getResourcePath(BUCKET, undefined, 'uploads')).catch(() => []);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://s3');
    const line = `${request.method} ${url.pathname}${url.search}`;
    this.requests.push(line.split(/[?&]X-Amz-/, 1)[0] as string);
    response.on('error', () => undefined);
    if (this.isHeld(line)) return;
    const fault = this.refusal?.code ?? signatureFault(request, this.now());
    if (fault) {
      request.resume();
      return tellError(response, this.refusal?.status ?? 403, fault);
    }
    const bucket = url.pathname.split('/')[1] as string;
    if (await answeredFor(this.s3rver.store, request, url, bucket, response)) return;
    withoutLink(request, url);
    this.answer(request, response);
  }
}

/** An S3 for the tests of a file's block, gone after them. */
export function useS3(): { readonly server: S3Server } {
  let server: S3Server | undefined;
  beforeAll(async () => {
    server = await S3Server.start();
  });
  afterAll(() => server?.remove());
  return {
    get server() {
      if (!server) throw new Error('The S3 of this block has not started yet');
      return server;
    },
  };
}
