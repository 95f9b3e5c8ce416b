import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { databaseKinds } from '../../support/app.js';
import type { BuiltNegotiation, Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { pause } from '../../support/live.js';
import { type Moved, type Mutation, move } from '../../support/moves.js';
import { expectSound } from '../../support/replay.js';
import { leave } from '../accounts/leaving.js';
import { invite, keep } from './inviting.js';
import { useScene } from './scene.js';

/** Who waits for a lock decides by the clock as it is when the wait is over. */
describe.each(databaseKinds)('a wait for a vehicle on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  /** Does it while somebody else holds the vehicle, who lets go of it when so much time has passed. */
  async function waiting<T>(vehicleId: string, ms: number, work: () => Promise<T>): Promise<T> {
    let isHeld = () => {};
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const over = new Promise<void>((resolve) => (letGo = resolve));
    const holding = app.orm.em.fork().transactional(async (em) => {
      await sql`update vehicles set mileage = mileage + 0 where id = ${vehicleId}`.execute(em.getKysely());
      isHeld();
      await over;
    });
    await held;
    const done = work();
    await someoneWaits();
    app.clock.advance(ms);
    letGo();
    await holding;
    return done;
  }

  /** PostgreSQL tells; on SQLite everybody waits for the one writer, from the beginning of a transaction on. */
  async function someoneWaits(): Promise<void> {
    if (kind === 'sqlite') return pause(30);
    for (let tries = 0; tries < 500; tries++) {
      const { rows } = await sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(
        app.orm.em.fork().getKysely(),
      );
      if (rows.length > 0) return;
      await pause(5);
    }
    throw new Error('Nobody waits');
  }

  const late = (
    who: Person,
    { id, vehicle }: BuiltNegotiation,
    mutation: Mutation,
    more: object,
    ms: number,
  ) => waiting(vehicle.id, ms, () => move(app, who, mutation, { negotiationId: id, ...more }));

  it.each<[Mutation, 'dealer' | 'buyer', (own: BuiltNegotiation) => object]>([
    ['acceptOffer', 'dealer', ({ offerId }) => ({ offerId })],
    ['submitOffer', 'dealer', () => ({ amount: '18000' })],
    ['rejectNegotiation', 'dealer', () => ({})],
    ['cancelNegotiation', 'buyer', () => ({})],
    ['sendMessage', 'buyer', () => ({ body: 'Still there?' })],
  ])('in which the offer lapses: %s comes too late', async (mutation, who, more) => {
    const negotiation = await scene.open();
    const before = await ledgerOf(app, [negotiation.vehicle.id]);
    const moved = await late(scene[who], negotiation, mutation, more(negotiation), 48 * HOUR);
    expect(moved).toEqual({ code: 'OFFER_EXPIRED' });
    expect(await ledgerOf(app, [negotiation.vehicle.id])).toEqual(before);
  });

  it.each(['completeSale', 'cancelSale'] as const)(
    'in which the hold runs out: %s comes too late',
    async (mutation) => {
      const negotiation = await scene.open();
      await scene.accept(scene.dealer, negotiation);
      const before = await ledgerOf(app, [negotiation.vehicle.id]);
      expect(await late(scene.dealer, negotiation, mutation, {}, 7 * DAY)).toEqual({
        code: 'NEGOTIATION_ENDED',
      });
      expect(await ledgerOf(app, [negotiation.vehicle.id])).toEqual(before);
    },
  );

  it('in which the own offer lapses: another start finds nothing in its way, and stands its whole time', async () => {
    const { vehicle } = await scene.open();
    const input = { vehicleId: vehicle.id, amount: '16000' };
    const start: () => Promise<Moved> = () => move(app, scene.buyer, 'startNegotiation', input);
    const { code, negotiationId } = await waiting(vehicle.id, 48 * HOUR, start);
    expect(code).toBe('OK');
    expect(await scene.read({ id: negotiationId as string })).toMatchObject({
      status: 'ACTIVE',
      expiresAt: scene.at(48 * HOUR),
    });
    expectSound(await ledgerOf(app, [vehicle.id]));
  });

  it('takes nothing from the time that an invitation stands', async () => {
    const vehicle = await scene.vehicle();
    await keep(app, vehicle.id, scene.buyer);
    const input = { vehicleId: vehicle.id, amount: '18000' };
    const [invitation] = await waiting(vehicle.id, HOUR, () => invite(app, scene.dealer, input));
    expect(invitation?.currentOffer.expiresAt).toBe(scene.at(96 * HOUR));
  });

  it('before a deletion lets those offers lapse that do so meanwhile', async () => {
    const buyer = await app.build.buyer();
    const negotiation = await scene.open({ buyer });
    await waiting(negotiation.vehicle.id, 48 * HOUR, () => leave(app, buyer));
    expect(await scene.read(negotiation)).toMatchObject({ status: 'EXPIRED', lapsedBy: 'DEALER' });
  });
});
