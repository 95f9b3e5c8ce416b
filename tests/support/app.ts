import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentNode } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { sql } from 'kysely';
import { afterAll, beforeAll } from 'vitest';
import WebSocket from 'ws';
import { type Adapters, type Composed, compose } from '../../src/app/compose.js';
import { type Config, readConfig } from '../../src/app/config.js';
import type { Orm } from '../../src/app/orm.js';
import { type Server, startServer } from '../../src/app/server.js';
import type { FieldMessages } from '../../src/kernel/errors.js';
import type { Logger } from '../../src/kernel/ports.js';
import { Builders } from './builders.js';
import { FakeClock } from './clock.js';
import { type DatabaseKind, databaseKinds, freshDatabase } from './databases.js';
import { type HttpAnswer, HttpLines, textOf } from './http.js';
import { formOf } from './uploads.js';
import { unknowing } from './vins.js';

export { type DatabaseKind, databaseKinds };

/** A document whose result and variables are known to the compiler: what `npm run codegen` makes. */
export interface TypedDocument<Result, Variables> extends DocumentNode {
  __apiType?: (variables: Variables) => Result;
}

export interface ApiError {
  message: string;
  path?: Array<string | number>;
  extensions: { code: string; statusCode: number; fields?: FieldMessages; [key: string]: unknown };
}

export interface ApiResponse<Result> {
  status: number;
  data: Result | null;
  errors?: ApiError[];
}

export interface AppOptions {
  readonly config?: Partial<Config>;
  readonly adapters?: Adapters;
  /** By which way the server reaches its database: a line in between that a test can cut. */
  readonly reach?: (databaseUrl: string) => Promise<string>;
  /** Another node of the same system: on that one's database, files and clock. */
  readonly beside?: TestApp;
}

/** What is logged in a test is nobody's business unless it fails; LOG_LEVEL=debug shows it. */
const quiet = () => undefined;
const loud = (details: object, message: string) => console.error(message, details);
const shown = process.env.LOG_LEVEL === 'debug' ? loud : quiet;
export const testLog: Logger = { debug: quiet, info: shown, warn: shown, error: shown };

/** What nodes ask every few seconds, whoever asks what of them: revoked sessions, heads of followed streams. */
function inBackground(statement: string): boolean {
  return (
    statement.includes('from sessions where revoked_at >') ||
    statement.includes('select id, last_sequence from') ||
    statement.includes('select id, buyer_read_sequence, dealer_read_sequence from')
  );
}

const PATIENT = {
  loginFailures: 1_000_000,
  loginFailuresPerIp: 1_000_000,
  registrationsPerIp: 1_000_000,
  mailRequests: 1_000_000,
  mailRequestsPerIp: 1_000_000,
};

export const testSecret = 'a-secret-that-only-the-tests-know-0123456789';

/** The whole system behind a real port, on a database of its own. */
export class TestApp {
  readonly clock: FakeClock;
  readonly build = new Builders(this);
  /** The folder of its uploads and mails, and of what is under way. */
  readonly files: string;
  private readonly sent: string[] = [];
  private recording = false;
  private composed!: Composed;
  private server!: Server;
  private lines!: HttpLines;
  private dropDatabase!: () => Promise<void>;

  constructor(
    readonly kind: DatabaseKind,
    private readonly options: AppOptions,
  ) {
    this.clock = options.beside?.clock ?? new FakeClock();
    this.files = options.beside?.files ?? join(tmpdir(), `carnegotiate-files-${randomUUID()}`);
  }

  async start(): Promise<void> {
    const { beside } = this.options;
    const database = beside
      ? { url: beside.system.config.databaseUrl, drop: async () => undefined }
      : await freshDatabase(this.kind);
    this.dropDatabase = database.drop;
    const config: Config = {
      ...readConfig({
        NODE_ENV: 'test',
        JWT_SECRETS: `test:${testSecret}`,
        PORT: '0',
        DATABASE_URL: (await this.options.reach?.(database.url)) ?? database.url,
        // As patient as the throttles.
        MESSAGES_PER_MINUTE: '10000',
      }),
      // Files and mails of a test lie beside each other, and go with it.
      storageUrl: `disk:${this.uploads}`,
      mailDirectory: join(this.files, 'mail'),
      temporaryDirectory: join(this.files, 'tmp'),
      // All tests come from one address; those about throttling set their own figures.
      throttles: PATIENT,
      maxSocketsPerUser: 1_000,
      maxSocketMessagesPerSecond: 1_000,
      ...this.options.config,
    };
    this.composed = await compose(config, {
      clock: this.clock,
      log: testLog,
      // They run when a test asks for them.
      backgroundJobs: false,
      // Those about VINs bring the real one: it unpacks 27 MB.
      vinDecoder: unknowing,
      observe: (statement) => {
        if (this.recording) this.sent.push(statement);
      },
      ...this.options.adapters,
    });
    // No data here outlives its test: waiting for the disk at each commit would only cost time.
    if (this.kind === 'sqlite') await sql`pragma synchronous = off`.execute(this.orm.em.fork().getKysely());
    this.server = await startServer(this.composed);
    this.lines = new HttpLines(new URL(this.url));
  }

  async stop(): Promise<void> {
    await this.server.close();
    this.lines.close();
    await this.dropDatabase();
    if (!this.options.beside) await rm(this.files, { recursive: true, force: true });
  }

  /** The folder of its storage. */
  get uploads(): string {
    return join(this.files, 'uploads');
  }

  get url(): string {
    return this.server.url;
  }

  /** Of a system whose settings name a port for metrics. */
  get metricsUrl(): string {
    return this.server.metricsUrl as string;
  }

  get orm(): Orm {
    return this.composed.orm;
  }

  get system(): Composed {
    return this.composed;
  }

  /** Sends an operation over HTTP, as a client would; one with files among its variables as a multipart request. */
  async request<Result, Variables extends object>(
    document: TypedDocument<Result, Variables> | string,
    variables?: Variables,
    { token, userAgent }: { token?: string | undefined; userAgent?: string } = {},
  ): Promise<ApiResponse<Result>> {
    const operation = { query: textOf(document), variables };
    const headers = {
      'user-agent': userAgent ?? 'node',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    const form = formOf(operation);
    const answer = form
      ? await this.sendForm(form, headers)
      : await this.lines.postJson('/graphql', headers, operation);
    return { status: answer.status, ...(JSON.parse(answer.text) as Omit<ApiResponse<Result>, 'status'>) };
  }

  private async sendForm(form: FormData, headers: Record<string, string>): Promise<HttpAnswer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'apollo-require-preflight': 'true', ...headers },
      body: form,
    });
    return { status: response.status, text: await response.text() };
  }

  /** The data of an operation that must succeed. */
  async ok<Result, Variables extends object>(
    document: TypedDocument<Result, Variables> | string,
    variables?: Variables,
    options: { token?: string | undefined; userAgent?: string } = {},
  ): Promise<Result> {
    const { data, errors } = await this.request(document, variables, options);
    if (errors || !data) throw new Error(`Refused: ${JSON.stringify(errors)}`);
    return data;
  }

  /** What the first error of a refused operation says. */
  errorOf(response: ApiResponse<unknown>): {
    code: string;
    message: string;
    statusCode: number;
    fields?: FieldMessages;
  } {
    const error = response.errors?.[0];
    if (!error) throw new Error(`Not refused: ${JSON.stringify(response.data)}`);
    const { code, statusCode, fields } = error.extensions;
    return { code, statusCode, message: error.message, ...(fields ? { fields } : {}) };
  }

  /** The SQL statements that are sent while `work` runs, but for those that a node sends now and then by itself. */
  async statements(work: () => Promise<unknown>): Promise<string[]> {
    return (await this.allStatements(work)).filter((statement) => !inBackground(statement));
  }

  async allStatements(work: () => Promise<unknown>): Promise<string[]> {
    this.sent.length = 0;
    this.recording = true;
    try {
      await work();
    } finally {
      this.recording = false;
    }
    return [...this.sent];
  }

  /** A graphql-ws client on a socket of its own. */
  socket(token?: string, options: { retryAttempts?: number } = {}): Client {
    return createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: true,
      retryAttempts: options.retryAttempts ?? 0,
      ...(token ? { connectionParams: { authorization: `Bearer ${token}` } } : {}),
    });
  }
}

/** Starts the system for the tests of a file's block, and stops it after them. */
export function useApp(kind: DatabaseKind, options: AppOptions = {}): TestApp {
  const app = new TestApp(kind, options);
  beforeAll(() => app.start());
  afterAll(() => app.stop());
  return app;
}
