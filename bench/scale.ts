// The simulations that docs/scale.md reckons with: `npm run bench -- --scale`, or some of them with
// `SCALE_PARTS=vehicles,events,ddl,heads,redis`. All on this machine, the servers' and the client's work on the same cores:
// what counts is how one figure relates to the next.
import { loadavg } from 'node:os';
import { startPostgres } from '../tests/support/postgres.js';
import { simulateDdl } from './scale-ddl.js';
import { simulateEvents } from './scale-events.js';
import { simulateHeads } from './scale-heads.js';
import { simulateRedis } from './scale-redis.js';
import { simulateVehicles } from './scale-vehicles.js';

type Simulation = (postgresUrl: string, log: { text: string }) => Promise<void>;

const simulations: Readonly<Record<string, Simulation>> = {
  vehicles: simulateVehicles,
  events: simulateEvents,
  ddl: simulateDdl,
  heads: simulateHeads,
  redis: simulateRedis,
};

for (const name of process.env.SCALE_PARTS?.split(',') ?? Object.keys(simulations)) {
  const simulate = simulations[name];
  if (!simulate) throw new Error(`SCALE_PARTS: ${Object.keys(simulations).join()}`);
  const log = { text: '' };
  // A server for each: what one leaves in memory and on the disk is not the next one's.
  const postgres = await startPostgres((text) => {
    log.text += text;
  });
  const startedAt = performance.now();
  const load = loadavg()[0]?.toFixed(1);
  try {
    console.log(`\n## ${name} (load of the machine before: ${load})`);
    await simulate(postgres.url('postgres'), log);
    console.log(`\n${name}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  } finally {
    await postgres.stop();
  }
}
