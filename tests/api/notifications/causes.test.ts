import { describe, expect, it } from 'vitest';
import { warnExpiring } from '../../../src/modules/negotiations/module.js';
import { allKinds } from '../../../src/modules/notifications/preferences/preference.rules.js';
import {
  ArchiveVehicleDocument,
  DeleteAccountDocument,
  type NotificationKind,
  ReviewDealerDocument,
  StartNegotiationDocument,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { BuiltVehicle, Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { useScene } from '../negotiations/scene.js';
import { keepingOn } from '../vehicles/saved/keeping.js';

const CAR = '2021 Toyota Camry XLE';
const INVITE = `mutation ($input: InviteInterestedBuyersInput!) {
  inviteInterestedBuyers(input: $input) { negotiations { id } }
}`;

interface Told {
  readonly user_id: string;
  readonly kind: NotificationKind;
  readonly title: string;
  readonly body: string;
}

describe.each(databaseKinds)('who is told of what, on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;
  const { save, keepSearch, match, tell, update } = keepingOn(app);
  const seen = new Set<string>();
  const kinds = new Set<NotificationKind>();

  /** Whatever `work` puts into anybody's inbox: who is told, of what, in which words. */
  async function told(work: () => Promise<unknown>): Promise<Told[]> {
    const read = (): Promise<Array<Told & { id: string }>> =>
      app.orm.em
        .fork()
        .getConnection()
        .execute('select id, user_id, kind, title, body from notifications order by user_id, sequence');
    for (const { id } of await read()) seen.add(id);
    await work();
    return (await read()).filter(({ id }) => !seen.has(id));
  }

  /** The same, as `name: KIND`. */
  async function who(work: () => Promise<unknown>, others: Record<string, Person> = {}): Promise<string[]> {
    const { buyer, dealer, rival } = scene;
    const names = Object.entries({ buyer, dealer, rival, ...others }).map(([name, { id }]) => [id, name]);
    const nameOf = new Map(names as Array<[string, string]>);
    const news = await told(work);
    for (const entry of news) kinds.add(entry.kind);
    return news.map((entry) => `${nameOf.get(entry.user_id) ?? 'somebody'}: ${entry.kind}`).sort();
  }

  const warn = () => warnExpiring(app.system.makeCtx());
  const start = (vehicle: BuiltVehicle, buyer: Person, amount = '15000') =>
    app.ok(StartNegotiationDocument, { input: { vehicleId: vehicle.id, amount } }, buyer);

  it('is told in each way in which a negotiation goes', async () => {
    const { buyer, dealer, rival } = scene;
    const vehicle = await scene.vehicle();
    const input = async () => ({ negotiationId: (await scene.open({ vehicle })).id });

    let deal = await scene.open({ vehicle });
    expect(await who(() => scene.counter(dealer, deal, '18000'))).toEqual(['buyer: OFFER_COUNTERED']);
    const message = { negotiationId: deal.id, body: 'Is it still there?' };
    expect(await who(() => scene.done(buyer, 'sendMessage', message))).toEqual(['dealer: MESSAGE_RECEIVED']);
    app.clock.advance(42 * HOUR);
    expect(await who(warn)).toEqual(['buyer: OFFER_EXPIRING']);
    expect(await who(warn)).toEqual([]);
    app.clock.advance(6 * HOUR);
    expect(await who(() => scene.sweep())).toEqual([
      'buyer: NEGOTIATION_EXPIRED',
      'dealer: NEGOTIATION_EXPIRED',
    ]);

    expect(await who(() => start(vehicle, buyer))).toEqual(['dealer: OFFER_RECEIVED']);
    deal = await scene.open({ vehicle, buyer: rival });
    const toRival = { negotiationId: deal.id };
    const cancelled = await who(() => scene.done(rival, 'cancelNegotiation', toRival));
    expect(cancelled).toEqual(['dealer: NEGOTIATION_CANCELLED']);
    deal = await scene.open({ vehicle, buyer: rival });
    expect(await who(() => scene.done(dealer, 'rejectNegotiation', { negotiationId: deal.id }))).toEqual([
      'rival: NEGOTIATION_REJECTED',
    ]);

    deal = await scene.open({ vehicle, buyer: rival });
    expect(await who(() => scene.accept(dealer, deal))).toEqual([
      'buyer: NEGOTIATION_CLOSED',
      'rival: OFFER_ACCEPTED',
    ]);
    expect(await who(() => scene.done(dealer, 'cancelSale', { negotiationId: deal.id }))).toEqual([
      'buyer: DEAL_FELL_THROUGH',
      'rival: DEAL_FELL_THROUGH',
    ]);
    const { negotiationId } = await input();
    const { currentOffer } = await scene.read({ id: negotiationId });
    await scene.accept(dealer, { id: negotiationId, offerId: currentOffer?.id as string });
    expect(await who(() => scene.done(dealer, 'completeSale', { negotiationId }))).toEqual([
      'buyer: NEGOTIATION_COMPLETED',
    ]);
  });

  it('is told of what is offered, costs less or is new', async () => {
    const { rival, dealer } = scene;
    const vehicle = await scene.vehicle();
    await save(rival, vehicle);
    const invite = { vehicleId: vehicle.id, amount: '18500' };
    const invited = await told(() => app.ok(INVITE, { input: invite }, dealer));
    expect(invited).toMatchObject([
      {
        user_id: rival.id,
        kind: 'OFFER_RECEIVED',
        body: `The dealer invites you: $18,500.00 for the ${CAR}, which you saved.`,
      },
    ]);
    await update(vehicle, { askingPrice: '19500' });
    expect(await who(() => tell())).toEqual(['rival: PRICE_DROP']);
    await keepSearch(rival, { filter: { makes: ['Edsel'] }, alertsEnabled: true });
    await scene.vehicle({ make: 'Edsel' });
    expect(await who(() => match())).toEqual(['rival: SAVED_SEARCH_MATCH']);
  });

  it('is told of a decision on its dealership', async () => {
    const other = await app.build.dealer({ verified: false });
    const review = async (decision: 'VERIFIED' | 'REJECTED', reason?: string) => {
      const input = { dealerId: other.dealerId, decision, ...(reason ? { reason } : {}) };
      await app.ok(ReviewDealerDocument, { input }, await app.build.admin());
    };
    expect(await who(() => review('VERIFIED'), { other })).toEqual(['other: DEALER_VERIFIED']);
    expect(await who(() => review('VERIFIED'), { other })).toEqual([]);
    expect(await who(() => review('REJECTED', 'No.'), { other })).toEqual(['other: DEALER_REJECTED']);
  });

  it('has been told of every kind by then', () => {
    expect([...kinds].sort()).toEqual([...allKinds].sort());
  });

  it('is told why a negotiation was closed', async () => {
    const vehicle = await scene.vehicle();
    await scene.open({ vehicle });
    const deal = await scene.open({ vehicle, buyer: scene.rival });
    const sold = await told(() => scene.accept(scene.dealer, deal));
    const toBuyer = sold.find((entry) => entry.user_id === scene.buyer.id);
    expect(toBuyer?.body).toMatch(`The dealer agreed with another buyer about the ${CAR}, `);
    const other = await scene.vehicle();
    await scene.open({ vehicle: other });
    const archive = () => app.ok(ArchiveVehicleDocument, { input: { id: other.id } }, scene.dealer);
    expect(await told(archive)).toMatchObject([
      { body: `The dealer took the ${CAR} off the market, and your negotiation was closed.` },
    ]);
  });

  it('is told who did not answer, and when an offer that waits for it lapses', async () => {
    const deal = await scene.open();
    app.clock.advance(42 * HOUR);
    const [warning] = await told(warn);
    const at = new Date(app.clock.now().getTime() + 6 * HOUR);
    expect(warning).toMatchObject({ user_id: scene.dealer.id, kind: 'OFFER_EXPIRING' });
    expect(warning?.body).toContain(`${at.getUTCDate()}, ${at.getUTCFullYear()} at `);
    app.clock.advance(6 * HOUR);
    const lapsed = await told(() => scene.sweep());
    const bodies = Object.fromEntries(lapsed.map((entry) => [entry.user_id, entry.body]));
    expect(bodies).toEqual({
      [scene.buyer.id]: `The dealer did not answer your offer of $15,000.00 for the ${CAR} in time.`,
      [scene.dealer.id]: `You did not answer the buyer's offer of $15,000.00 for the ${CAR} in time.`,
    });
    expect(deal.buyer.id).toBe(scene.buyer.id);
  });

  it("is told the same, where it is the buyer, by a dealer's rules as by the dealer", async () => {
    const wordsFor = async (amount: string, rules: Record<string, string>, answer?: 'accept' | 'reject') => {
      const vehicle = await scene.vehicle(rules);
      const news = await told(async () => {
        const { startNegotiation } = await start(vehicle, scene.buyer, amount);
        const { id } = startNegotiation.negotiation;
        if (answer === 'accept') await scene.accept(scene.dealer, { id, offerId: startNegotiation.offer.id });
        if (answer === 'reject') await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId: id });
      });
      const mine = news.filter((entry) => entry.user_id === scene.buyer.id);
      return mine.map(({ kind: what, title, body }) => ({ what, title, body }));
    };
    const rules = { autoAcceptAt: '18000', autoDeclineBelow: '12000' };
    const accepted = await wordsFor('18000', rules);
    expect(accepted).toHaveLength(1);
    expect(accepted).toEqual(await wordsFor('18000', {}, 'accept'));
    const declined = await wordsFor('11000', rules);
    expect(declined).toHaveLength(1);
    expect(declined).toEqual(await wordsFor('11000', {}, 'reject'));
  });

  it('is told nothing who is gone, but the dealer of a buyer who leaves is', async () => {
    const leaver = await app.build.buyer();
    await scene.open({ buyer: leaver });
    const leave = () => app.ok(DeleteAccountDocument, { input: { password: leaver.password } }, leaver);
    expect(await who(leave, { leaver })).toEqual(['dealer: NEGOTIATION_CANCELLED']);
  });

  it('is told, on both sides, that the hold ran out', async () => {
    const deal = await scene.open();
    await scene.accept(scene.dealer, deal);
    app.clock.advance(7 * DAY);
    const news = await told(() => scene.sweep());
    const bodies = news.filter((entry) => entry.kind === 'DEAL_FELL_THROUGH').map(({ body }) => body);
    expect(bodies).toContain(
      `The sale of the ${CAR} for $15,000.00 was not completed in time. The vehicle is back on the market.`,
    );
  });
});
