import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/app/config.js';
import { databaseKinds, testSecret, useApp } from '../support/app.js';
import type { DealerPerson, Person } from '../support/builders.js';
import { DAY } from '../support/clock.js';
import { commands } from './market.commands.js';
import { MarketModel, OFFERS_PER_VEHICLE } from './market.model.js';
import { RealMarket } from './market.real.js';

/** A failure says its seed and path; PROPERTY_SEED runs it again, PROPERTY_RUNS goes deeper. */
const SEED = Number(process.env.PROPERTY_SEED ?? 20_261_122);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 12);
const ASKING_PRICE = 2_000_000;
const { policy } = readConfig({ NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}` });

describe.each(databaseKinds)('negotiations as their rules have them, on %s', (kind) => {
  // Weeks pass within a run; signing in again and again is another test's matter.
  const app = useApp(kind, {
    config: { accessTokenTtlMs: 36_500 * DAY, policy: { ...policy, offersPerVehicle: OFFERS_PER_VEHICLE } },
  });
  let dealer: DealerPerson;
  let buyers: Person[];
  const seen = new Map<string, number>();

  beforeAll(async () => {
    dealer = await app.build.dealer();
    buyers = await Promise.all([app.build.buyer(), app.build.buyer(), app.build.buyer()]);
  });

  /** Three fresh vehicles and empty inboxes, in the model and on the server. */
  async function market() {
    const connection = app.orm.em.fork().getConnection();
    for (const table of ['negotiations', 'notifications', 'inboxes', 'client_mutations'])
      await connection.execute(`delete from ${table}`);
    const vehicleIds: string[] = [];
    for (const _ of [1, 2, 3]) vehicleIds.push((await app.build.vehicle(dealer)).id);
    const vehicles = vehicleIds.map(() => ({
      status: 'ACTIVE' as const,
      askingPrice: ASKING_PRICE,
      autoAcceptAt: null,
      autoDeclineBelow: null,
    }));
    return {
      model: new MarketModel(app.clock.now().getTime(), vehicles),
      real: new RealMarket(app, buyers, dealer, vehicleIds, seen),
    };
  }

  it('answers, stores and tells what the model does, whatever people try', async () => {
    const property = fc.asyncProperty(fc.commands(commands, { maxCommands: 100, size: 'max' }), (actions) =>
      fc.asyncModelRun(market, actions),
    );
    await fc.assert(property, { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: 100_000 });
  }, 120_000);

  // Of other seeds nobody has promised it.
  const isDefault = !process.env.PROPERTY_SEED && !process.env.PROPERTY_RUNS;
  it.runIf(isDefault)('has met each move done, and each reason to refuse one', () => {
    const outcomes = [...seen.keys()].map((outcome) => outcome.split(' ') as [string, string]);
    const done = outcomes.filter(([, code]) => code === 'OK').map(([mutation]) => mutation);
    expect(done.sort()).toEqual([
      'acceptOffer',
      'archiveVehicle',
      'cancelNegotiation',
      'cancelSale',
      'completeSale',
      'inviteInterestedBuyers',
      'markNegotiationRead',
      'publishVehicle',
      'rejectNegotiation',
      'saveVehicle',
      'sendMessage',
      'startNegotiation',
      'submitOffer',
      'unsaveVehicle',
      'updateVehicle',
    ]);
    const refused = new Set(outcomes.map(([, code]) => code).filter((code) => code !== 'OK'));
    expect([...refused].sort()).toEqual([
      'ALREADY_NEGOTIATING',
      'BAD_USER_INPUT',
      'CONFLICT',
      'FORBIDDEN',
      'NEGOTIATION_ENDED',
      'NOT_FOUND',
      'NOT_YOUR_TURN',
      'OFFER_EXPIRED',
      'OFFER_LIMIT_REACHED',
      'OFFER_OUT_OF_BOUNDS',
      'VEHICLE_UNAVAILABLE',
    ]);
  });
});
