// What it costs when 10,000 negotiations are due at the same moment: `npm run bench -- --sweep`.
import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Composed, compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { Builders, type BuiltVehicle, type Person } from '../tests/support/builders.js';
import { FakeClock } from '../tests/support/clock.js';
import { crowdLike } from '../tests/support/crowd.js';
import { startPostgres } from '../tests/support/postgres.js';

const DUE = Number(process.env.SWEEP_DUE ?? 10_000);
const DATABASES = process.env.SWEEP_DATABASES?.split(',') ?? ['sqlite', 'postgresql'];
/** As many as ask meanwhile: pairs of a buyer and a vehicle, a negotiation each. */
const BUYERS = 40;
const VEHICLES = 60;
/** Between two mutations of the one client that measures. */
const EVERY_MS = 25;
const GIVEN_UP_AFTER_MS = 180_000;

const START = `mutation ($input: StartNegotiationInput!) { startNegotiation(input: $input) { negotiation { id } } }`;

interface Scene {
  readonly buyers: readonly Person[];
  readonly vehicles: readonly BuiltVehicle[];
  readonly due: readonly string[];
}

async function arrange(system: Composed): Promise<Scene> {
  await system.orm.migrator.up();
  const ok = () => Promise.reject(new Error('There is no server yet'));
  const build = new Builders({ system, clock: new FakeClock(), ok });
  const { id, vehicle } = await build.negotiation();
  const crowd = await crowdLike(system.orm.em.fork(), id, {
    count: DUE,
    buyers: 500,
    dealers: 50,
    perVehicle: 4,
  });
  const buyers: Person[] = [];
  for (let i = 0; i < BUYERS; i++) buyers.push(await build.buyer());
  const vehicles: BuiltVehicle[] = [];
  for (let i = 0; i < VEHICLES; i++) vehicles.push(await build.vehicle(vehicle.dealer));
  return { buyers, vehicles, due: crowd.negotiations };
}

/** One mutation after the other until it is over; how long each took. */
async function measureMutations(
  url: string,
  { buyers, vehicles }: Scene,
  isOver: () => boolean,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; !isOver() && i < BUYERS * VEHICLES; i++) {
    const buyer = buyers[i % BUYERS] as Person;
    const vehicle = vehicles[Math.floor(i / BUYERS)] as BuiltVehicle;
    const startedAt = performance.now();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${buyer.token}` },
      body: JSON.stringify({
        query: START,
        variables: { input: { vehicleId: vehicle.id, amount: '15000.00' } },
      }),
    });
    const { errors } = (await response.json()) as { errors?: Array<{ message: string }> };
    if (errors) throw new Error(errors[0]?.message);
    times.push(performance.now() - startedAt);
    await pause(EVERY_MS);
  }
  return times;
}

/** What a process has spent so far, in seconds: on a busy machine it says more than the time that passed. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function openAmong({ orm }: Composed): Promise<number> {
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from negotiations where status = 'ACTIVE' and expires_at <= ${Date.now()}`.execute(
    orm.em.fork().getKysely(),
  );
  return Number(rows[0]?.count);
}

async function drain(system: Composed, url: string, scene: Scene) {
  const quiet = Date.now() + 5_000;
  const before = await measureMutations(url, scene, () => Date.now() >= quiet);
  await sql`update negotiations set expires_at = ${Date.now()}, warn_at = null where expires_at is not null
    and id <= ${scene.due.at(-1)}`.execute(system.orm.em.fork().getKysely());
  const startedAt = performance.now();
  let seconds: number | null = null;
  const rest = { ...scene, vehicles: scene.vehicles.toReversed() };
  const measuring = measureMutations(url, rest, () => seconds !== null);
  while (seconds === null) {
    await pause(250);
    const passed = performance.now() - startedAt;
    if ((await openAmong(system)) === 0 || passed > GIVEN_UP_AFTER_MS) seconds = passed / 1_000;
  }
  return { before, during: await measuring, seconds };
}

function at(times: readonly number[], share: number): string {
  return ([...times].sort((a, b) => a - b)[Math.floor(times.length * share)] as number).toFixed(0);
}

async function measure(kind: string, databaseUrl: string, directory: string): Promise<void> {
  const env = {
    NODE_ENV: 'test',
    JWT_SECRETS: `bench:${'x'.repeat(32)}`,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'error',
    PORT: '0',
    STORAGE_URL: `disk:${join(directory, 'uploads')}`,
    TEMPORARY_DIRECTORY: join(directory, 'tmp'),
    MAIL_DIRECTORY: join(directory, 'mail'),
  };
  const system = await compose(readConfig(env));
  try {
    const scene = await arrange(system);
    const child = fork(new URL('./serve.ts', import.meta.url), {
      env: { ...process.env, ...env },
      execArgv: ['--import', 'tsx'],
    });
    const [url] = (await once(child, 'message')) as [string];
    try {
      const cpuBefore = cpuOf(child.pid as number);
      const { before, during, seconds } = await drain(system, url, scene);
      const cpu = (cpuOf(child.pid as number) - cpuBefore).toFixed(0);
      console.log(
        `| ${kind} | ${seconds.toFixed(0)} | ${cpu} | ${at(before, 0.5)} | ${at(before, 0.99)} | ${during.length} | ${at(during, 0.5)} | ${at(during, 0.99)} |`,
      );
    } finally {
      child.disconnect();
      await once(child, 'exit');
    }
  } finally {
    await system.close();
  }
}

console.log(
  `| database | ${DUE} lapsed in: s | server's CPU: s | mutation before: median ms | p99 ms | mutations meanwhile | median ms | p99 ms |`,
);
console.log('| --- | --: | --: | --: | --: | --: | --: | --: |');
const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-sweep-'));
try {
  if (DATABASES.includes('sqlite'))
    await measure('SQLite', `sqlite:${join(directory, 'sweep.sqlite')}`, directory);
  if (DATABASES.includes('postgresql')) {
    const server = await startPostgres();
    try {
      await measure('PostgreSQL', server.url('postgres'), directory);
    } finally {
      await server.stop();
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
