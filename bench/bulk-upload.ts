// What a file of 50,000 vehicles costs the server and its other clients: `npm run bench -- --bulk`.
import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { ref } from '@mikro-orm/core';
import { compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { vinCheckDigit } from '../src/kernel/vin.js';
import { User } from '../src/modules/accounts/index.js';
import { createAdmin } from '../src/modules/accounts/module.js';
import { Dealer } from '../src/modules/dealers/index.js';
import { startPostgres } from '../tests/support/postgres.js';

const ROWS = Number(process.env.BULK_ROWS ?? 50_000);
/** `BULK_PUBLISH=1`: on the market at once, where the jobs that rate it have work too. */
const PUBLISH = process.env.BULK_PUBLISH === '1';
const DATABASES = process.env.BULK_DATABASES?.split(',') ?? ['sqlite', 'postgresql'];
/** Without it V8 collects nothing as long as there is memory, and nobody would see whether a file is held in it. */
const SMALL_HEAP = ['--max-old-space-size=128', '--max-semi-space-size=8'];
const PASSWORD = 'correct horse battery staple';
const EMAIL = 'dealer@bench.example';
const MB = 1024 * 1024;

const LOGIN = `mutation { login(input: { email: "${EMAIL}", password: "${PASSWORD}" }) { tokens { accessToken } } }`;
const UPLOAD = `mutation ($input: BulkUploadVehiclesInput!) {
  bulkUploadVehicles(input: $input) { totalRows created updated failed bulkUpload { status failure } }
}`;
const LISTING = `{ vehicles(filter: { makes: ["Toyota"] }, orderBy: PRICE_ASC, first: 20) {
  totalCount nodes { id make model year askingPrice dealer { businessName } }
} }`;

interface Answer<T> {
  data: T;
  errors?: Array<{ message: string }>;
}

/** A server process of its own: what is measured is its memory, and nobody else's. */
class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(env: Record<string, string>): Promise<ServerProcess> {
    const child = spawn(process.execPath, [...SMALL_HEAP, '--import', 'tsx', 'src/main.ts'], {
      env: { ...process.env, ...env, PORT: '0', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const url = /"url":"([^"]+)","msg":"listening"/.exec(line)?.[1];
      if (!url) continue;
      child.stdout?.resume();
      return new ServerProcess(child, url);
    }
    throw new Error('The server did not start');
  }

  /** Resident bytes, now and at most so far. */
  memory(): { now: number; most: number } {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    return { now: of('VmRSS'), most: of('VmHWM') };
  }

  async ask<T>(query: string, headers: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as Answer<T>;
    if (errors) throw new Error(errors[0]?.message);
    return data;
  }

  async upload(token: string, content: string, wishes: object): Promise<object> {
    const form = new FormData();
    const variables = { input: { file: null, ...wishes } };
    form.set('operations', JSON.stringify({ query: UPLOAD, variables }));
    form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
    form.set('0', new Blob([content]));
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' },
      body: form,
    });
    const { data, errors } = (await response.json()) as Answer<{ bulkUploadVehicles: object }>;
    if (errors) throw new Error(errors[0]?.message);
    return data.bulkUploadVehicles;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }
}

/** A verified dealership, in a database of the newest schema. */
async function prepare(databaseUrl: string, env: Record<string, string>): Promise<void> {
  const composed = await compose(readConfig({ ...env, LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl }));
  await composed.orm.migrator.up();
  await createAdmin(composed.makeCtx(), { email: EMAIL, password: PASSWORD });
  const em = composed.orm.em.fork();
  const user = await em.findOneOrFail(User, { email: EMAIL });
  user.userType = 'DEALER';
  const at = new Date();
  const place = { phone: null, website: null, address: null, city: 'Austin', state: 'TX', postalCode: null };
  const details = { businessName: 'Bench', description: null, ...place, latitude: null, longitude: null };
  const dealer = Dealer.register(ref(user), 'L-1', details, at);
  dealer.verify(at);
  await em.persist(dealer).flush();
  await composed.close();
}

function file(price: number): string {
  const header =
    'vin,make,model,year,trim,body_type,fuel_type,drivetrain,condition,mileage,asking_price,features,description';
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const car = `${i % 3 ? 'Toyota' : 'Honda'},Model ${i % 40},${2005 + (i % 20)},Trim ${i % 7},SUV,Gas,AWD,Used`;
    const text =
      'Heated seats; Navigation; Sunroof,"One owner, serviced on time, no accidents; new tires, new brakes."';
    return `${vinOf(i)},${car},${i},${price + i},${text}`;
  });
  return [header, ...rows, ''].join('\r\n');
}

function vinOf(i: number): string {
  const open = `4T1BF1FK0MU${String(i).padStart(6, '0')}`;
  return `${open.slice(0, 8)}${vinCheckDigit(open)}${open.slice(9)}`;
}

async function measure(kind: string, databaseUrl: string, directory: string): Promise<void> {
  const env = {
    NODE_ENV: 'test',
    JWT_SECRETS: `bench:${'x'.repeat(32)}`,
    DATABASE_URL: databaseUrl,
    STORAGE_URL: `disk:${join(directory, 'uploads')}`,
    TEMPORARY_DIRECTORY: join(directory, 'tmp'),
    MAIL_DIRECTORY: join(directory, 'mail'),
  };
  await prepare(databaseUrl, env);
  const server = await ServerProcess.start(env);
  try {
    const { login } = await server.ask<{ login: { tokens: { accessToken: string } } }>(LOGIN);
    for (let warm = 0; warm < 50; warm++) await server.ask(LISTING);
    const before = server.memory().now;
    for (const [what, price] of [
      [`${ROWS} new ones`, 9_000],
      ['the same, repriced', 9_500],
    ] as const) {
      const content = file(price);
      let isRunning = true;
      const times: number[] = [];
      const startedAt = performance.now();
      const uploading = server.upload(login.tokens.accessToken, content, { publish: PUBLISH }).finally(() => {
        isRunning = false;
      });
      while (isRunning) {
        const askedAt = performance.now();
        await server.ask(LISTING);
        times.push(performance.now() - askedAt);
        await pause(20);
      }
      const told = await uploading;
      const seconds = (performance.now() - startedAt) / 1_000;
      times.sort((a, b) => a - b);
      const at = (share: number) => (times[Math.floor(times.length * share)] as number).toFixed(0);
      const { most } = server.memory();
      console.log(
        `| ${kind} | ${what}: ${(content.length / MB).toFixed(1)} MB | ${seconds.toFixed(0)} | ${at(0.5)} | ${at(0.99)} | ` +
          `${(before / MB).toFixed(0)} | ${(most / MB).toFixed(0)} | ${JSON.stringify(told)} |`,
      );
    }
  } finally {
    await server.stop();
  }
}

async function benchBulkUpload(): Promise<void> {
  console.log(
    '| database | file | s | `vehicles` meanwhile: median ms | p99 ms | RSS before: MB | at most: MB | answer |',
  );
  console.log('| --- | --- | --: | --: | --: | --: | --: | --- |');
  const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-bulk-'));
  try {
    if (DATABASES.includes('sqlite')) {
      await measure('sqlite', `sqlite:${join(directory, 'bench.sqlite')}`, directory);
    }
    if (DATABASES.includes('postgresql')) {
      const postgres = await startPostgres();
      await measure('postgresql', postgres.url('postgres'), directory).finally(() => postgres.stop());
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await benchBulkUpload();
