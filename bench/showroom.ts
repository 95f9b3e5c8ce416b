// One client asks for each page of the showroom for some seconds, with 1,000 and with 100,000 vehicles on PostgreSQL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { createDatabase } from '../tests/support/databases.js';
import { startPostgres } from '../tests/support/postgres.js';
import { fillShowroom, serve, showroomSettings, stop } from './showroom-database.js';
import { type BenchPage, bodyOf, pages } from './showroom-pages.js';

const SIZES = [1_000, 100_000];
const WARM_UP_S = 1;
const MEASURED_S = 4;

/** The median of the answers' times, in milliseconds. An answer with errors ends the bench. */
async function medianOf(url: string, page: BenchPage, vehicleId: string): Promise<number> {
  const request = {
    url: `${url}/graphql`,
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: bodyOf(page, vehicleId),
    connections: 1,
  };
  const answer = await fetch(request.url, request);
  const { errors } = (await answer.json()) as { errors?: unknown };
  if (errors) throw new Error(`${page.name}: ${JSON.stringify(errors)}`);
  await autocannon({ ...request, duration: WARM_UP_S });
  const times: number[] = [];
  const { non2xx, errors: failed } = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon({ ...request, duration: MEASURED_S }, (error, result) =>
      error ? reject(error) : resolve(result),
    );
    run.on('response', (_client, _status, _bytes, ms) => times.push(ms));
  });
  if (non2xx + failed > 0) throw new Error(`${page.name}: ${non2xx} refused, ${failed} failed`);
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length / 2)] as number;
}

const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-bench-'));
const postgres = await startPostgres();
const medians = new Map<string, number[]>();
try {
  for (const size of SIZES) {
    const database = await createDatabase(postgres.url('postgres'), `showroom_${size}`);
    const settings = showroomSettings(database, join(directory, `${size}`));
    const { ms, vehicleId } = await fillShowroom(settings, size);
    console.log(`${size.toLocaleString('en-US')} vehicles made in ${(ms / 1_000).toFixed(1)} s`);
    const server = await serve(settings);
    for (const page of pages) {
      const median = await medianOf(server.url, page, vehicleId);
      medians.set(page.name, [...(medians.get(page.name) ?? []), median]);
    }
    await stop(server.process);
  }
} finally {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}

console.log('\n| page | 1,000 vehicles: ms | 100,000 vehicles: ms | grows by | its filter is |');
console.log('| --- | --: | --: | --: | --- |');
for (const { name, isSelective } of pages) {
  const [small = 0, large = 0] = medians.get(name) ?? [];
  const growth = (large / small).toFixed(1);
  console.log(
    `| ${name} | ${small.toFixed(1)} | ${large.toFixed(1)} | ${growth} | ${isSelective ? 'selective' : '–'} |`,
  );
}
