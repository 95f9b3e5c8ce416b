// What a file of 50,000 vehicles costs the server and its other clients: `npm run bench -- --bulk`.
import 'reflect-metadata';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
/** On the market at once, where the jobs that rate it have work too; `BULK_PUBLISH=0`: drafts. */
const PUBLISH = process.env.BULK_PUBLISH !== '0';
const DATABASES = process.env.BULK_DATABASES?.split(',') ?? ['sqlite', 'postgresql'];
const FILES = process.env.BULK_FILES?.split(',') ?? ['new', 'changed', 'bare'];
const PASSWORD = 'correct horse battery staple';
const EMAIL = 'dealer@bench.example';
const MB = 1024 * 1024;
/** Linux counts so for programs, whatever it counts for itself. */
const TICKS_PER_SECOND = 100;

const LOGIN = `mutation { login(input: { email: "${EMAIL}", password: "${PASSWORD}" }) { tokens { accessToken } } }`;
const UPLOAD = `mutation ($input: BulkUploadVehiclesInput!) {
  bulkUploadVehicles(input: $input) { bulkUpload { id } }
}`;
/** The server waits for as long as it takes; this process's `fetch` gives up after five minutes. */
const PROGRESS = (id: string) =>
  `{ bulkUpload(id: "${id}") { status failure totalRows created updated failed finishedAt } }`;
const LISTING = `{ vehicles(filter: { makes: ["Toyota"] }, orderBy: PRICE_ASC, first: 20) {
  totalCount nodes { id make model year askingPrice dealer { businessName } }
} }`;

interface Answer<T> {
  data: T;
  errors?: Array<{ message: string }>;
}

interface Progress {
  readonly finishedAt: string | null;
}

/** A server process of its own: what is measured is its memory, and nobody else's. */
class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(env: Record<string, string>): Promise<ServerProcess> {
    const child = spawn(process.execPath, nodeArguments(), {
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

  /** From now on the most is counted anew. */
  forgetMost(): void {
    writeFileSync(`/proc/${this.child.pid}/clear_refs`, '5');
  }

  /** Resident bytes of the whole process, now and at most so far. */
  memory(): { now: number; most: number } {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    return { now: of('VmRSS'), most: of('VmHWM') };
  }

  /** Seconds of processors that it has used so far: unlike the time, the same on a busy machine. */
  work(): number {
    const [, fields = ''] = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
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

  /** Sends a file, and follows it to its end. */
  async upload(token: string, content: string, wishes: object): Promise<object> {
    const id = await this.send(token, content, wishes);
    for (;;) {
      await pause(500);
      const authorization = { authorization: `Bearer ${token}` };
      const { bulkUpload } = await this.ask<{ bulkUpload: Progress }>(PROGRESS(id), authorization);
      const { finishedAt, ...told } = bulkUpload;
      if (finishedAt !== null) return told;
    }
  }

  private async send(token: string, content: string, wishes: object): Promise<string> {
    const form = new FormData();
    const variables = { input: { file: null, wait: false, ...wishes } };
    form.set('operations', JSON.stringify({ query: UPLOAD, variables }));
    form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
    form.set('0', new Blob([content]));
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' },
      body: form,
    });
    const { data, errors } = (await response.json()) as Answer<{
      bulkUploadVehicles: { bulkUpload: { id: string } };
    }>;
    if (errors) throw new Error(errors[0]?.message);
    return data.bulkUploadVehicles.bulkUpload.id;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }
}

/** As `npm start` runs what it has built: flags that bound the memory count as long as they stand there. */
function nodeArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  const command = /\bnode (.+dist\/main\.js)$/.exec(scripts.start)?.[1];
  if (!command) throw new Error('The script "start" does not end in node … dist/main.js');
  return command.split(' ');
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

interface Upload {
  readonly what: string;
  readonly content: () => string;
}

const uploads: Readonly<Record<string, Upload>> = {
  new: { what: 'all new', content: () => wholeRows('4T1BF1FK0MU', manyModels, 9_000) },
  changed: { what: 'all changed', content: () => wholeRows('4T1BF1FK0MU', manyModels, 9_500) },
  bare: { what: 'all new, filled in from their VINs', content: bareRows },
  one: { what: 'all new, of one make and model', content: () => wholeRows('4T1BF1FK0NU', oneModel, 9_000) },
  'one-changed': {
    what: 'all of them changed',
    content: () => wholeRows('4T1BF1FK0NU', oneModel, 9_500),
  },
};

const manyModels = (i: number) => `${i % 3 ? 'Toyota' : 'Honda'},Model ${i % 40}`;
/** Its market is as large as the file: all of it is compared with each other. */
const oneModel = () => 'Toyota,Camry';

function wholeRows(vinsBegin: string, model: (i: number) => string, price: number): string {
  const header =
    'vin,make,model,year,trim,body_type,fuel_type,drivetrain,condition,mileage,asking_price,features,description';
  return csv(header, (i) => {
    const car = `${model(i)},${2005 + (i % 20)},Trim ${i % 7},SUV,Gas,AWD,Used`;
    const text =
      'Heated seats; Navigation; Sunroof,"One owner, serviced on time, no accidents; new tires, new brakes."';
    return `${vinOf(vinsBegin, i)},${car},${i},${price + i},${text}`;
  });
}

/** Of several models: one that is listed 50,000 times has a market such as no other has. */
const MODELS = [
  '1HGCM82603A',
  '4T1BF1FK0CU',
  '1FTFW1ET0EF',
  '2T1BURHE0JC',
  '5YJ3E1EA0KF',
  '1G1ZD5ST0JF',
  'JTDKN3DU0A0',
  '3VWDP7AJ0DM',
  '1C4RJFBG0EC',
  '5NPE24AF0FH',
];

function bareRows(): string {
  return csv('vin,mileage,asking_price', (i) => {
    const vin = vinOf(MODELS[i % MODELS.length] as string, i);
    return `${vin},${i},${9_000 + i}`;
  });
}

function csv(header: string, row: (i: number) => string): string {
  return [header, ...Array.from({ length: ROWS }, (_, i) => row(i)), ''].join('\r\n');
}

function vinOf(model: string, i: number): string {
  const open = `${model}${String(i).padStart(6, '0')}`;
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
    for (const name of FILES) {
      const upload = uploads[name];
      if (!upload) throw new Error(`BULK_FILES: ${Object.keys(uploads).join()}`);
      const content = upload.content();
      const before = server.memory().now;
      const workBefore = server.work();
      server.forgetMost();
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
        `| ${kind} | ${upload.what}: ${(content.length / MB).toFixed(1)} MB | ${seconds.toFixed(0)} | ${(server.work() - workBefore).toFixed(0)} | ${at(0.5)} | ${at(0.99)} | ` +
          `${(before / MB).toFixed(0)} | ${(most / MB).toFixed(0)} | ${JSON.stringify(told)} |`,
      );
    }
  } finally {
    await server.stop();
  }
}

async function benchBulkUpload(): Promise<void> {
  execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(
    '| database | file | s | processor s | `vehicles` meanwhile: median ms | p99 ms | RSS before: MB | at most: MB | answer |',
  );
  console.log('| --- | --- | --: | --: | --: | --: | --: | --: | --- |');
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
