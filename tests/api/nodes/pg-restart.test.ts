import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/app/orm.js';
import { SubmitOfferDocument } from '../../generated/operations.js';
import { useApp } from '../../support/app.js';
import type { BuiltNegotiation } from '../../support/builders.js';
import { createDatabase } from '../../support/databases.js';
import { pause, upTo } from '../../support/live.js';
import { type Postgres, startPostgres } from '../../support/postgres.js';

const CLIENTS = 4;
/** Each party makes its offers: five of them a buyer may, the first included. */
const OFFERS_EACH = 8;

describe('PostgreSQL that is restarted while offers are made', () => {
  let server: Postgres;
  let url: string;

  beforeAll(async () => {
    // What it has acknowledged outlives its crash, if not that of the machine.
    server = await startPostgres(undefined, ['synchronous_commit=on']);
    url = await createDatabase(server.url('postgres'), 'market');
    await migrate(url);
  }, 60_000);
  const app = useApp('postgresql', { reach: async () => url });
  afterAll(() => server.stop());

  /** Offers of both parties in turn, each sent under one name until it is acknowledged; how often that took a second try. */
  async function bargain(negotiation: BuiltNegotiation, onDone: () => void): Promise<number> {
    let again = 0;
    for (const round of upTo(OFFERS_EACH)) {
      const isDealer = round % 2 === 1;
      const input = {
        negotiationId: negotiation.id,
        amount: String(isDealer ? 20_000 - 100 * round : 15_000 + 100 * round),
        clientMutationId: `round-${round}`,
      };
      const who = isDealer ? negotiation.dealer : negotiation.buyer;
      for (;;) {
        const { data, errors } = await app.request(SubmitOfferDocument, { input }, who);
        if (data?.submitOffer) {
          expect(data.submitOffer.event.sequence).toBe(round + 1);
          break;
        }
        expect(errors?.[0]?.extensions).toMatchObject({ statusCode: 503, retryAfterSeconds: 1 });
        again += 1;
        await pause(50);
      }
      onDone();
    }
    return again;
  }

  it('loses nothing that was acknowledged and does nothing twice, and the server needs no restart', async () => {
    const negotiations = await Promise.all(upTo(CLIENTS).map(() => app.build.negotiation()));
    let done = 0;
    const enough = Promise.withResolvers<void>();
    const clients = negotiations.map((negotiation) =>
      bargain(negotiation, () => {
        done += 1;
        if (done === CLIENTS * 2) enough.resolve();
      }),
    );
    await enough.promise;
    await server.end('CRASH');
    expect(done).toBeLessThan(CLIENTS * OFFERS_EACH);
    await pause(300);
    await server.begin();
    await Promise.all(clients);
    for (const { id } of negotiations) {
      const { rows } = await sql<object>`
        select (select count(*)::int from offers where negotiation_id = ${id}) as offers,
          (select array_agg(sequence::int order by sequence) from negotiation_events where negotiation_id = ${id}) as log
      `.execute(app.orm.em.fork().getKysely());
      expect(rows).toEqual([{ offers: OFFERS_EACH + 1, log: upTo(OFFERS_EACH + 1) }]);
    }
  });
});
