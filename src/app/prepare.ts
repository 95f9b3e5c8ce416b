import { sql } from 'kysely';
import { demoSignIns, isEmpty, seedDemo } from '../seeders/demo.js';
import type { Composed } from './compose.js';
import type { Config } from './config.js';

export interface Prepared {
  /** What the start tells a person: where everything is, and how to begin. */
  greeting(url: string): string;
}

/** Brings the database to the newest schema and, where it is empty and the settings ask for it, seeds the demo. */
export async function prepareDatabase(composed: Composed): Promise<Prepared> {
  const { config, makeCtx, orm } = composed;
  const { log } = composed.services;
  const migrations = await orm.migrator.up();
  if (migrations.length > 0)
    log.info({ migrations: migrations.map(({ name }) => name) }, 'database migrated');
  if (config.demoData && (await isEmpty(makeCtx()))) {
    log.info({}, 'making the demo data: once, a few seconds');
    await seedDatabase(composed);
  }
  const signsIn = config.demoData && (await hasDemoAccounts(composed));
  return { greeting: (url) => greetingOf(url, config, signsIn) };
}

/**
 * Makes the demo data in a database without users, and says whether it did. What a power cut takes back can be made
 * again: meanwhile SQLite does not wait for the disk at each of some 650 commits.
 */
export async function seedDatabase({ config, makeCtx }: Composed): Promise<boolean> {
  if (!config.databaseUrl.startsWith('sqlite:')) return seedDemo(makeCtx);
  const db = makeCtx().em.getKysely();
  await sql`pragma synchronous = normal`.execute(db);
  try {
    return await seedDemo(makeCtx);
  } finally {
    await sql`pragma synchronous = full`.execute(db);
  }
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
