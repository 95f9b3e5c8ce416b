// Compares the planned read path with the obvious one, on both databases, in one run: `npm run bench`.
import 'reflect-metadata';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, parse } from 'graphql';
import { type Composed, compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { buildGraphQLSchema } from '../src/app/schema.js';
import { Dealer } from '../src/modules/dealers/index.js';
import { Negotiation, Offer } from '../src/modules/negotiations/index.js';
import { Vehicle } from '../src/modules/vehicles/index.js';
import { startPostgres } from '../tests/support/postgres.js';
import { type Filled, fill } from './fill.js';

const ROUNDS = 300;
const WARM_UP = 100;

const LISTING = parse(`{
  vehicles(filter: { makes: ["Toyota"], priceMax: "40000" }, orderBy: PRICE_ASC, first: 20) {
    totalCount
    nodes { id make model year mileage askingPrice status dealer { id businessName city state } }
  }
}`);

const THREAD = parse(`query ($id: ID!) {
  negotiation(id: $id) {
    id status turn agreedPrice lastSequence
    vehicle { id make model year askingPrice } dealer { id businessName } buyer { id displayName }
    offers { id amount party status message createdAt }
  }
}`);

interface Measured {
  medianMs: number;
  statements: number;
}

const statements: string[] = [];

/** Medians of both, their runs taking turns: whatever else the machine does falls on both alike. */
async function inTurns(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<[Measured, Measured]> {
  const times: [number[], number[]] = [[], []];
  const counts: [number, number] = [0, 0];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [which, work] of [one, other].entries()) {
      statements.length = 0;
      const startedAt = performance.now();
      await work();
      if (round >= 0) times[which as 0 | 1].push(performance.now() - startedAt);
      counts[which as 0 | 1] = statements.length;
    }
  }
  const [a, b] = times.map((list) => list.sort((x, y) => x - y)[ROUNDS / 2] as number) as [number, number];
  return [
    { medianMs: a, statements: counts[0] },
    { medianMs: b, statements: counts[1] },
  ];
}

/** The whole operation as a client would send it, but for HTTP: plan, statements, resolvers. */
async function planned(composed: Composed, filled: Filled) {
  const schema = await buildGraphQLSchema();
  const run = (document: typeof LISTING, variableValues: Record<string, unknown>) => async () => {
    const viewer = {
      id: filled.buyerId,
      userType: 'BUYER',
      sessionId: '',
      tokenExpiresAt: new Date(),
    } as const;
    const contextValue = { ...composed.makeCtx(), viewer };
    const { errors } = await execute({ schema, document, variableValues, contextValue });
    if (errors) throw errors[0];
  };
  return { listing: run(LISTING, {}), thread: run(THREAD, { id: filled.negotiationId }) };
}

/** Entities with their relations populated, and nothing else: no GraphQL, no policy. */
function populated(composed: Composed, filled: Filled) {
  const fork = () => composed.orm.em.fork();
  return {
    listing: () =>
      fork().findAndCount(
        Vehicle,
        { status: 'ACTIVE', makeKey: 'toyota', askingPrice: { $lte: 4_000_000 } },
        { populate: ['dealer'], orderBy: { askingPrice: 'asc', id: 'asc' }, limit: 20 },
      ),
    thread: async () => {
      const em = fork();
      await em.findOneOrFail(
        Negotiation,
        { id: filled.negotiationId },
        { populate: ['vehicle', 'dealer', 'buyer'] },
      );
      await em.find(Offer, { negotiation: filled.negotiationId }, { orderBy: { createdAt: 'asc' } });
    },
  };
}

async function compare(databaseUrl: string): Promise<void> {
  const config = {
    ...readConfig({
      NODE_ENV: 'test',
      JWT_SECRETS: `bench:${'x'.repeat(32)}`,
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'silent',
    }),
  };
  const composed = await compose(config, { observe: (statement) => statements.push(statement) });
  await composed.orm.migrator.up();
  const filled = await fill(composed);
  const kind = databaseUrl.split(':')[0] as string;
  const ours = await planned(composed, filled);
  const obvious = populated(composed, filled);
  for (const page of ['listing', 'thread'] as const) {
    const [a, b] = await inTurns(ours[page], obvious[page]);
    console.log(
      `| ${kind} | ${page} | ${a.statements} | ${a.medianMs.toFixed(2)} | ${b.statements} | ${b.medianMs.toFixed(2)} | ${(b.medianMs / a.medianMs).toFixed(1)} |`,
    );
  }
  await composed.close();
}

console.log(
  `${Dealer.name}s, ${Vehicle.name}s and threads as clients ask for them; medians of ${ROUNDS} runs, one client.`,
);
console.log(
  '| database | page | planned: statements | planned, whole operation: ms | populate: statements | populate, data only: ms | ratio |',
);
console.log('| --- | --- | --: | --: | --: | --: | --: |');
const file = join(tmpdir(), `carnegotiate-bench-${process.pid}.sqlite`);
const postgres = await startPostgres();
try {
  await compare(`sqlite:${file}`);
  await compare(postgres.url('postgres'));
} finally {
  await postgres.stop();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}
