import pg from 'pg';
import { pick } from './scale-table.js';

export async function openAppenders(database: string, connections: number): Promise<pg.Client[]> {
  return Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: database });
      await client.connect();
      return client;
    }),
  );
}

/** Appends as mutations do, a transaction each, on all connections until the time is over; how long each took. */
export async function appendFor(
  clients: readonly pg.Client[],
  streams: readonly string[],
  durationMs: number,
): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + durationMs;
  await Promise.all(
    clients.map(async (client) => {
      for (let now = performance.now(); now < until; now = performance.now()) {
        await append(client, pick(streams));
        times.push(performance.now() - now);
      }
      await client.end();
    }),
  );
  return times;
}

/** The next number under the lock of the stream's head, then the entry. */
async function append(client: pg.Client, id: string): Promise<void> {
  await client.query('begin');
  const { rows } = await client.query<{ last_sequence: number }>(
    'update heads set last_sequence = last_sequence + 1, updated_at = $2 where id = $1 returning last_sequence',
    [id, Date.now()],
  );
  await client.query(
    `insert into log (id, created_at, updated_at, negotiation_id, sequence, kind, party, message)
     values (uuidv7(), $1, $1, $2, $3, 'MESSAGE', 'BUYER', 'Would you take a little less for it?')`,
    [Date.now(), id, rows[0]?.last_sequence],
  );
  await client.query('commit');
}
