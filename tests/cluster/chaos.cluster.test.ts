import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../support/app.js';
import type { Person } from '../support/builders.js';
import { Audience } from '../support/chaos/audience.js';
import { Books } from '../support/chaos/books.js';
import { type Cost, costOf, report, tableOf } from '../support/chaos/disturbances.js';
import { useDurablePostgres } from '../support/chaos/durable-postgres.js';
import { allMailsSent, causeOf, doubledMails, undelivered } from '../support/chaos/mails.js';
import { Site } from '../support/chaos/site.js';
import { strikesAt } from '../support/chaos/strikes.js';
import { Theatre } from '../support/chaos/theatre.js';
import { arrange, type Talk, type World } from '../support/chaos/world.js';
import { changeVehicle, Writers } from '../support/chaos/writers.js';
import { ledgerOf } from '../support/ledger.js';
import { until } from '../support/live.js';
import { hasRedis, useRedis } from '../support/redis.js';
import { expectSound } from '../support/replay.js';
import { often } from '../support/thorough.js';

const NODES = 3;
const SUBSCRIBERS = often(300, 60);
const EVENTS = often(2_000, 400);
/** Of each kind of play. */
const PLAYS = Math.ceil(EVENTS / 100);

if (hasRedis)
  describe('three nodes of which something fails again and again', () => {
    const postgres = useDurablePostgres();
    const app = useApp('postgresql', { reach: async () => postgres.databaseUrl });
    const redis = useRedis();
    const books = new Books(app);
    const costs: Cost[] = [];
    let site: Site;
    let world: World;
    let writers: Writers;
    let audience: Audience;

    /** Each node answers, everybody has a line, and has all that there was when it was asked. */
    async function resumed(): Promise<void> {
      await until('all nodes to be ready', () => site.cluster.balancer.ready.length === NODES, 60_000);
      const { id: negotiationId, buyer } = world.chats[0] as Talk;
      for (const { url } of site.cluster.nodes) {
        const probe = await writers.try(buyer, 'sendMessage', { negotiationId }, url);
        expect(probe.outcome).toHaveProperty('sequence');
      }
      await audience.level(await books.heads());
    }

    beforeAll(async () => {
      world = await arrange(app, PLAYS);
      site = await Site.open(NODES, {
        databaseUrl: postgres.databaseUrl,
        redisUrl: redis.url,
        env: {
          DATABASE_POOL_SIZE: '10',
          MAIL_FROM: 'CarNegotiate <no-reply@carnegotiate.example>',
          MAIL_SECONDS: '1',
          MESSAGE_MAIL_MINUTES: '0',
        },
      });
      writers = new Writers(() => site.cluster.nodes.map(({ url }) => url));
      audience = new Audience(site.cluster.url, world, SUBSCRIBERS);
      await audience.level(await books.heads());
    });

    afterAll(async () => {
      await audience?.close();
      await site?.close();
    });

    it('go on: each write that somebody was answered is written, once', async () => {
      const theatre = new Theatre(writers, world, EVENTS);
      const strikes = strikesAt({ site, redis: redis.server, postgres: postgres.server });
      for (const [n, strike] of strikes.entries()) {
        await theatre.reaches((n + 0.5) / strikes.length);
        costs.push(await costOf(strike, writers, audience, resumed));
      }
      await theatre.end();
      await resumed();
      report(`${writers.sent.length} mutations, ${SUBSCRIBERS} followers\n${tableOf(costs)}`);
      expect(writers.acknowledged.length).toBeGreaterThanOrEqual(EVENTS);
      expect(await books.lost(writers.acknowledged)).toEqual([]);
      expect(await books.countOf('client_mutations')).toBe(writers.acknowledged.length);
    }, 240_000);

    it('do nothing that they have refused, and refuse only what the rules refuse', async () => {
      const codes = new Set(writers.refused.map(({ outcome }) => outcome));
      expect([...codes].sort()).toEqual(['ALREADY_NEGOTIATING', 'NEGOTIATION_ENDED']);
      expect(await books.done(writers.refused)).toEqual([]);
    });

    it('tell each follower 1..n of its stream, each once and in order', async () => {
      const heads = await books.heads();
      await audience.level(heads);
      expect(audience.faults(heads)).toEqual([]);
      expect(audience.closes).toBeGreaterThan(0);
    });

    it('sell no vehicle twice, and leave no hole in any stream', async () => {
      expectSound(await ledgerOf(app));
    });

    it('notify of each thing, once', async () => {
      expect(await books.doubled()).toEqual([]);
      expect(await books.untold()).toEqual([]);
    });

    it('hand each mail over, and twice only where its sender was cut off: then it is known by its Message-ID', async () => {
      const beforeLeases = await doubledMails(books, site.office);
      expect(beforeLeases.filter((doubled) => causeOf(doubled, costs) === null)).toEqual([]);
      await allMailsSent(books);
      expect(await undelivered(books, site.office)).toEqual([]);
      expect(await books.miscounted()).toEqual([]);
      const doubled = await doubledMails(books, site.office);
      report(`${site.office.deliveries.length} mails handed over, ${doubled.length} of them twice`);
      expect(doubled.filter((each) => causeOf(each, costs) === null)).toEqual([]);
    }, 90_000);

    it('tell no offer twice or out of order to who has not asked to resume', async () => {
      for (const { of: userId, heard, follower } of audience.offers) {
        expect(follower.refusal).toBeNull();
        const offers = await books.offersTo(userId);
        expect(heard).toEqual(offers.filter((id) => heard.includes(id)));
        if (follower.closes.length === 0) expect(heard).toEqual(offers.slice(-heard.length));
      }
      expect(audience.offers.some(({ heard }) => heard.length > 0)).toBe(true);
    });

    it('tell of vehicles as before', async () => {
      const owners = new Map(world.chats.map(({ vehicleId, dealer }) => [vehicleId, dealer]));
      const last = 31_000;
      for (const { of: id } of audience.vehicles) {
        await changeVehicle(site.cluster.url, owners.get(id) as Person, { id, mileage: last });
      }
      const haveHeard = () => audience.vehicles.every(({ heard }) => heard.at(-1) === `${last}`);
      await until('each to hear of its vehicle', haveHeard, 20_000);
    });

    it('log no faults but while PostgreSQL is away', () => {
      const away = costs.filter(({ name }) => name.startsWith('PostgreSQL'));
      const isExcused = (time: number) => away.some(({ from, to }) => time >= from && time <= to);
      const faults = site.everyNode.flatMap(({ lines }) => lines.filter(({ level }) => level >= 50));
      expect(
        faults.filter(({ msg, time }) => msg === 'an operation failed' || !isExcused(Number(time))),
      ).toEqual([]);
    });
  });
