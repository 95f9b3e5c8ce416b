// What the dashboards cost in a market with a million views, saves and offers of 90 days, on both databases.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Composed, compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { startServer } from '../src/app/server.js';
import { dayOf, daysAfter } from '../src/kernel/days.js';
import { createDatabase } from '../tests/support/databases.js';
import { connected } from '../tests/support/emptied-postgres.js';
import { startPostgres } from '../tests/support/postgres.js';
import { fillMarket, type Market } from './figures-market.js';
import { showroomSettings } from './showroom-database.js';

const ROUNDS = 60;
const WARM_UP = 20;
const DAYS = 90;

const from = daysAfter(dayOf(new Date()), 1 - DAYS);
const series =
  'views { date count } saves { date count } offers { date count } agreements { date count } conversionRate';
const top = 'topVehicles { id make model year askingPrice viewCount saveCount }';
const stats = 'stats { activeNegotiations pendingOffers acceptanceRate medianResponseMinutes agreedValue }';
const inventory = 'inventory { total totalAskingValue byStatus { status count } }';
const ofDealer = (selection: string) => `{ dealerDashboard(from: "${from}") { ${selection} } }`;
const pages: ReadonlyArray<[name: string, who: 'dealerToken' | 'adminToken', query: string]> = [
  ['dealerDashboard: the four lists and the conversion', 'dealerToken', ofDealer(series)],
  ['dealerDashboard: topVehicles', 'dealerToken', ofDealer(top)],
  ['dealerDashboard: stats', 'dealerToken', ofDealer(stats)],
  ['dealerDashboard: inventory', 'dealerToken', ofDealer(inventory)],
  ['dealerDashboard: everything', 'dealerToken', ofDealer([series, top, stats, inventory].join(' '))],
  [
    'adminDashboard: agreements',
    'adminToken',
    '{ adminDashboard { agreementsLast30Days agreedValueLast30Days } }',
  ],
  [
    'adminDashboard: everything',
    'adminToken',
    `{ adminDashboard { users buyers dealers dealersAwaitingReview vehiclesByStatus { status count } negotiationsActive
      agreementsLast30Days agreedValueLast30Days } }`,
  ],
];

interface Served {
  ask(who: 'dealerToken' | 'adminToken', query: string): Promise<void>;
  readonly composed: Composed;
  stop(): Promise<void>;
}

async function served(composed: Composed, tokens: Market): Promise<Served> {
  const server = await startServer(composed);
  return {
    composed,
    stop: () => server.close(),
    async ask(who, query) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[who]}` },
        body: JSON.stringify({ query }),
      });
      const { errors } = (await response.json()) as { errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
    },
  };
}

function composeFor(databaseUrl: string): Promise<Composed> {
  const settings = { ...showroomSettings(databaseUrl, directory), DEMO_DATA: 'false' };
  return compose(readConfig(settings), { backgroundJobs: false });
}

async function timesOf({ ask }: Served): Promise<string[]> {
  const told: string[] = [];
  for (const [, who, query] of pages) {
    const times: number[] = [];
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const startedAt = performance.now();
      await ask(who, query);
      if (round >= 0) times.push(performance.now() - startedAt);
    }
    times.sort((one, other) => one - other);
    told.push(`${times[ROUNDS >> 1]?.toFixed(1)} (${times[0]?.toFixed(1)})`);
  }
  return told;
}

async function measure(kind: string, databaseUrl: string): Promise<Market> {
  const composed = await composeFor(databaseUrl);
  await composed.orm.migrator.up();
  const market = await fillMarket(composed);
  const server = await served(composed, market);
  const uncounted = await timesOf(server);
  const seconds = await countAll(composed);
  const counted = await timesOf(server);
  await server.stop();
  console.log(
    `\n${kind}: ${DAYS} days were counted in ${seconds.toFixed(1)} s. Requests over HTTP, medians of ${ROUNDS} and the fastest:\n`,
  );
  console.log('| | before the days are counted: ms | after: ms |\n| --- | --: | --: |');
  for (const [index, [name]] of pages.entries()) {
    console.log(`| ${name} | ${uncounted[index]} | ${counted[index]} |`);
  }
  return market;
}

async function countAll({ jobs, makeCtx }: Composed): Promise<number> {
  const job = jobs.find(({ name }) => name === 'aggregate-daily-figures');
  const startedAt = performance.now();
  while (job && typeof (await job.run(makeCtx())) !== 'number');
  const ms = performance.now() - startedAt;
  // What lets an index answer alone, and what plans are made by, comes with time otherwise.
  for (const work of ['vacuum', 'analyze']) await sql.raw(work).execute(makeCtx().em.getKysely());
  return ms / 1_000;
}

/** Each new connection logs the plans of its statements, as PostgreSQL ran them, and how long that took. */
async function explain(databaseUrl: string, market: Market): Promise<void> {
  await connected(databaseUrl, async (client) => {
    for (const [name, value] of [
      ['session_preload_libraries', `'auto_explain'`],
      ['auto_explain.log_min_duration', '0'],
      ['auto_explain.log_analyze', 'on'],
      ['log_line_prefix', `''`],
    ]) {
      await client.query(`alter system set ${name} = ${value}`);
    }
    await client.query('select pg_reload_conf()');
  });
  const server = await served(await composeFor(databaseUrl), market);
  for (const [name, who, query] of pages) {
    // Twice: what is shown is not the first reading from the disk.
    for (let round = 0; round < 2; round++) {
      await pause(300);
      log = '';
      await server.ask(who, query);
    }
    await pause(300);
    console.log(`\n## ${name}\n\n\`\`\`\n${log.trim()}\n\`\`\``);
  }
  await server.stop();
}

const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-figures-'));
let log = '';
const postgres = await startPostgres((text) => {
  log += text;
});
try {
  await measure('SQLite', `sqlite:${join(directory, 'figures.sqlite')}`);
  const database = await createDatabase(postgres.url('postgres'), 'figures');
  const market = await measure('PostgreSQL', database);
  if (process.argv.includes('--explain')) await explain(database, market);
} finally {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
