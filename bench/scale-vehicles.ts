// The showroom's pages with ten and a hundred times 10,000 vehicles: what each of their statements costs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createDatabase } from '../tests/support/databases.js';
import { connected } from '../tests/support/emptied-postgres.js';
import { multiplyMarket, sizesPerVehicle } from './scale-market.js';
import { count, ms, printTable, quantile, timed } from './scale-table.js';
import { fillShowroom, serve, showroomSettings, stop } from './showroom-database.js';
import { type BenchPage, bodyOf, pages } from './showroom-pages.js';

const SEEDED = Number(process.env.SCALE_SEEDED ?? 10_000);
const FACTOR = 10;
const STEPS = 2;
const ROUNDS = 5;

interface Statement {
  readonly isCount: boolean;
  readonly ms: number;
  /** Pages of 8 KB that it has looked at, found in memory or not. */
  readonly buffers: number;
}

interface PageCost {
  readonly answer: number;
  readonly count?: Statement | undefined;
  /** The dearest of the other statements. */
  readonly page?: Statement | undefined;
}

export async function simulateVehicles(postgresUrl: string, log: { text: string }): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-scale-'));
  try {
    const database = await createDatabase(postgresUrl, 'scale');
    const settings = showroomSettings(database, directory);
    const { ms: seeded, vehicleId } = await fillShowroom(settings, SEEDED);
    console.log(`\n${count(SEEDED)} seeded in ${(seeded / 1_000).toFixed(0)} s`);
    await connected(database, (client) =>
      client.query(`do $$ begin
      execute format('alter database %I set session_preload_libraries = %L', current_database(), 'auto_explain');
      execute format('alter database %I set auto_explain.log_min_duration = 0', current_database());
      execute format('alter database %I set auto_explain.log_analyze = on', current_database());
      execute format('alter database %I set auto_explain.log_buffers = on', current_database());
      execute format('alter database %I set auto_explain.log_timing = off', current_database());
    end $$`),
    );
    for (let step = 1; step <= STEPS; step++) {
      await connected(database, async (client) => {
        const took = await timed(() => multiplyMarket(client, FACTOR));
        console.log(`\nmultiplied by ${FACTOR} in ${(took / 1_000).toFixed(0)} s`);
      });
      await measure(database, settings, vehicleId, log);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(
  database: string,
  settings: Record<string, string>,
  vehicleId: string,
  log: { text: string },
): Promise<void> {
  const { sizes, vehicles } = await connected(database, async (client) => {
    const { rows } = await client.query<{ n: string }>('select count(*) as n from vehicles');
    return { sizes: await sizesPerVehicle(client), vehicles: Number(rows[0]?.n) };
  });
  const server = await serve(settings);
  const costs: Array<[BenchPage, PageCost]> = [];
  for (const page of pages) costs.push([page, await costOf(server.url, page, vehicleId, log)]);
  await stop(server.process);
  printTable(
    `${count(vehicles)} vehicles: medians of ${ROUNDS}, warm`,
    ['page', 'answer: ms', 'its count: ms', '8 KB pages', 'dearest other statement: ms', '8 KB pages'],
    costs.map(([{ name }, { answer, count: counting, page }]) => [
      name,
      ms(answer),
      ms(counting?.ms),
      counting ? count(counting.buffers) : '–',
      ms(page?.ms),
      page ? count(page.buffers) : '–',
    ]),
  );
  const all = { name: 'all', bytesPerVehicle: sizes.reduce((sum, one) => sum + one.bytesPerVehicle, 0) };
  printTable(
    `${count(vehicles)} vehicles: on the disk`,
    ['', 'bytes for each vehicle', '10 million: GB'],
    [all, ...sizes].map(({ name, bytesPerVehicle }) => [
      name,
      bytesPerVehicle.toFixed(0),
      (bytesPerVehicle / 100).toFixed(1),
    ]),
  );
}

async function costOf(
  url: string,
  page: BenchPage,
  vehicleId: string,
  log: { text: string },
): Promise<PageCost> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const took = await timed(async () => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bodyOf(page, vehicleId),
      });
      const { errors } = (await response.json()) as { errors?: unknown };
      if (errors) console.log(`${page.name}: ${JSON.stringify(errors)}`);
    });
    if (round > 0) times.push(took);
    else {
      await pause(200);
      log.text = '';
    }
  }
  await pause(200);
  const statements = statementsOf(log.text);
  const dearest = (isCount: boolean) =>
    statements.filter((one) => one.isCount === isCount).sort((a, b) => b.ms - a.ms)[0];
  return { answer: quantile(times, 0.5), count: dearest(true), page: dearest(false) };
}

/**
 * What auto_explain has logged of the statements that each round had: the others are the jobs'. The pages of its topmost
 * node are all of its pages.
 */
function statementsOf(log: string): Statement[] {
  const all = log
    .split(/LOG: {2}duration: /)
    .slice(1)
    .map((text) => {
      const [, hit = '0', read = '0'] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(text) ?? [];
      const query = /Query Text:\s*([\s\S]*?)\(cost=/.exec(text)?.[1] ?? '';
      return {
        query,
        isCount: /^select count\(/i.test(query),
        ms: Number.parseFloat(text),
        buffers: Number(hit) + Number(read),
      };
    });
  return [...Map.groupBy(all, ({ query }) => query).values()]
    .filter((same) => same.length >= ROUNDS)
    .map((same) => ({
      ...(same[0] as Statement),
      ms: quantile(
        same.map((one) => one.ms),
        0.5,
      ),
    }));
}
