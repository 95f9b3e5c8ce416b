import { sql } from 'kysely';
import { countOf } from '../kernel/jobs.js';
import { demoSignIns, isEmpty, seedDemo } from '../seeders/demo.js';
import { addVehicles } from '../seeders/more-vehicles.js';
import type { Composed } from './compose.js';
import type { Config } from './config.js';
import { migrate } from './orm.js';

export interface Prepared {
  /** What the start tells a person: where everything is, and how to begin. */
  greeting(url: string): string;
}

/**
 * Brings the database to the newest schema and, where it is empty and the settings ask for it, seeds the demo. Of nodes
 * that start together one does so, and the others wait.
 */
export async function prepareDatabase(composed: Composed): Promise<Prepared> {
  const { config } = composed;
  const { log } = composed.services;
  const then = async (migrations: string[]) => {
    if (migrations.length > 0) log.info({ migrations }, 'database migrated');
    await seedIfEmpty(composed);
  };
  // What is in memory is only this process's, and only this connection's.
  if (config.databaseUrl.includes(':memory:')) {
    const done = await composed.orm.migrator.up();
    await then(done.map(({ name }) => name));
  } else await migrate(config.databaseUrl, { log, then });
  const signsIn = config.demoData && (await hasDemoAccounts(composed));
  return { greeting: (url) => greetingOf(url, config, signsIn) };
}

async function seedIfEmpty(composed: Composed): Promise<void> {
  const { config, makeCtx, services } = composed;
  if (!config.demoData || !(await isEmpty(makeCtx()))) return;
  services.log.info({}, 'making the demo data: once, a few seconds');
  await seedDatabase(composed);
}

/** Makes the demo data in a database without users, and says whether it did. */
export function seedDatabase(composed: Composed): Promise<boolean> {
  return withoutWaitingForTheDisk(composed, async () => {
    const isMade = await seedDemo(composed.makeCtx);
    if (isMade) await settle(composed);
    return isMade;
  });
}

/** Lists many more vehicles, and leaves the database as it is once the jobs have been over it. */
export function seedShowroom(composed: Composed, vehicles: number, byDealer?: number): Promise<void> {
  return withoutWaitingForTheDisk(composed, async () => {
    await addVehicles(composed.makeCtx, vehicles, byDealer);
    await settle(composed);
    // What plans are made by, and on PostgreSQL what lets an index answer alone, comes with time otherwise.
    const db = composed.makeCtx().em.getKysely();
    await (isSqlite(composed) ? sql`analyze` : sql`vacuum analyze`).execute(db);
  });
}

/** Jobs that make the data of a seeder what it would be some minutes later: words for search, ratings. */
const SETTLING = ['learn-words', 'rate-market'];

async function settle({ jobs, makeCtx }: Composed): Promise<void> {
  for (const name of SETTLING) {
    const job = jobs.find((one) => one.name === name);
    if (!job) throw new Error(`There is no job ${name}`);
    while (countOf(await job.run(makeCtx())) > 0);
  }
}

/**
 * What a power cut takes back of made-up data can be made again: meanwhile SQLite does not wait for the disk at each of
 * hundreds of commits.
 */
async function withoutWaitingForTheDisk<T>(composed: Composed, work: () => Promise<T>): Promise<T> {
  if (!isSqlite(composed)) return work();
  const db = composed.makeCtx().em.getKysely();
  await sql`pragma synchronous = normal`.execute(db);
  try {
    return await work();
  } finally {
    await sql`pragma synchronous = full`.execute(db);
  }
}

function isSqlite({ config }: Composed): boolean {
  return config.databaseUrl.startsWith('sqlite:');
}

async function hasDemoAccounts({ makeCtx }: Composed): Promise<boolean> {
  const emails = demoSignIns.map(({ email }) => email);
  const { rows } = await sql`select id from users where email in (${sql.join(emails)})`.execute(
    makeCtx().em.getKysely(),
  );
  return rows.length === emails.length;
}

function greetingOf(
  url: string,
  config: Pick<Config, 'graphiql' | 'smtpUrl' | 'mailDirectory'>,
  signsIn: boolean,
): string {
  const places = [
    ['GraphQL', `${url}/graphql`],
    ['WebSocket', `${url.replace(/^http/, 'ws')}/graphql`],
    ...(config.graphiql ? [['GraphiQL', `${url}/graphiql`]] : []),
    ['Health', `${url}/api/v1/health/`],
    ...(config.smtpUrl === null ? [['Mails', `files in ${config.mailDirectory}`]] : []),
  ] as const;
  const lines = ['', 'CarNegotiate is running.', '', ...places.map(([name, place]) => row(name, place)), ''];
  if (signsIn) {
    lines.push(`Sign in with the password ${demoSignIns[0].password} as`, '');
    lines.push(...demoSignIns.map(({ label, email }) => row(label, email)), '');
  }
  lines.push(beginning(config.graphiql, signsIn), '');
  return lines.join('\n');
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(10)} ${value}`;
}

function beginning(graphiql: boolean, signsIn: boolean): string {
  const where = graphiql ? 'Open GraphiQL' : 'Send operations to the GraphQL address';
  if (!signsIn) return `${where} and register; npm run admin:create makes an admin.`;
  return graphiql
    ? 'To begin, open GraphiQL in two tabs: sign in as the dealer in one and as the buyer in the other.'
    : `${where}: sign in with the mutation login.`;
}
