import { beforeAll, describe, expect, it } from 'vitest';
import {
  ActiveNegotiationsDocument,
  type NegotiationFilter,
  type NegotiationOrder,
  type NegotiationStatus,
  NegotiationsDocument,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { BuiltVehicle, Person } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { openRivals } from '../../support/rivals.js';
import { unknownIds, useScene } from './scene.js';
import { type StateName, states } from './states.js';

describe.each(databaseKinds)('negotiations on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const list = async (
    who: Person,
    variables: {
      filter?: NegotiationFilter;
      orderBy?: NegotiationOrder | null;
      first?: number;
      after?: string;
    } = {},
  ) => (await app.ok(NegotiationsDocument, variables, who)).negotiations;
  const ids = async (...args: Parameters<typeof list>) => (await list(...args)).nodes.map((node) => node.id);

  let vehicles: BuiltVehicle[];
  beforeAll(async () => {
    vehicles = await Promise.all([1, 2, 3, 4, 5].map(() => scene.vehicle()));
  });

  /** Somebody new, with this many negotiations in the order of their making, each on another vehicle. */
  async function withMany(count: number, gap = 0) {
    const buyer = await app.build.buyer();
    const made: string[] = [];
    for (const { id } of vehicles.slice(0, count)) {
      made.push(...(await openRivals(app, id, [buyer])).map((opened) => opened.negotiationId));
      app.clock.advance(gap);
    }
    return { buyer, made };
  }

  it("are the viewer's own, on either side", async () => {
    const { buyer, made } = await withMany(2);
    const other = await scene.open({ buyer: scene.rival });
    expect(new Set(await ids(buyer))).toEqual(new Set(made));
    const ofDealer = await ids(scene.dealer, { first: 100 });
    for (const id of [...made, other.id]) expect(ofDealer).toContain(id);
    expect(await list(await app.build.dealer())).toMatchObject({ totalCount: 0, nodes: [] });
    expect(await list(await app.build.admin())).toMatchObject({ totalCount: 0, nodes: [] });
    expect(app.errorOf(await app.request(NegotiationsDocument, {})).code).toBe('UNAUTHENTICATED');
  });

  it('are none for a dealer without a dealership', async () => {
    const { totalCount } = await list(await app.build.register({ userType: 'DEALER' }));
    expect(totalCount).toBe(0);
  });

  describe('in order', () => {
    it('UPDATED_DESC come where something happened last, first', async () => {
      const { buyer, made } = await withMany(3, HOUR);
      const [first, second, third] = made as [string, string, string];
      expect(await ids(buyer)).toEqual([third, second, first]);
      await scene.counter(scene.dealer, { id: first }, '18000');
      expect(await ids(buyer)).toEqual([first, third, second]);
      expect(await ids(buyer, { orderBy: null })).toEqual([first, third, second]);
    });

    it('CREATED_DESC come the newest first, whatever has happened since', async () => {
      const { buyer, made } = await withMany(3, HOUR);
      await scene.counter(scene.dealer, { id: made[0] as string }, '18000');
      expect(await ids(buyer, { orderBy: 'CREATED_DESC' })).toEqual([...made].reverse());
    });

    it('EXPIRING_SOON come by the clock that runs, offers and holds alike, and the ended ones last', async () => {
      const { buyer, made } = await withMany(4, HOUR);
      const [countered, open, cancelled] = made as [string, string, string];
      const held = await scene.open({ buyer });
      await scene.accept(scene.dealer, held);
      await scene.counter(scene.dealer, { id: countered }, '18000');
      await scene.done(buyer, 'cancelNegotiation', { negotiationId: cancelled });
      expect(await ids(buyer, { orderBy: 'EXPIRING_SOON' })).toEqual([
        open,
        made[3],
        countered,
        held.id,
        cancelled,
      ]);
    });

    it.each(['UPDATED_DESC', 'CREATED_DESC', 'EXPIRING_SOON'] satisfies NegotiationOrder[])(
      '%s are paged without a gap or a repetition, though all are of one moment',
      async (orderBy) => {
        const { buyer, made } = await withMany(5);
        const whole = await ids(buyer, { orderBy });
        expect(new Set(whole)).toEqual(new Set(made));
        const paged: string[] = [];
        let after: string | null | undefined;
        do {
          const page = await list(buyer, { orderBy, first: 2, ...(after ? { after } : {}) });
          expect(page.totalCount).toBe(5);
          paged.push(...page.nodes.map((node) => node.id));
          after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
        } while (after);
        expect(paged).toEqual(whole);
      },
    );

    it('take no cursor of another order or list', async () => {
      const { buyer } = await withMany(1);
      const { pageInfo } = await list(buyer, { orderBy: 'CREATED_DESC' });
      const after = pageInfo.endCursor as string;
      for (const request of [
        app.request(NegotiationsDocument, { orderBy: 'UPDATED_DESC', after }, buyer),
        app.request(ActiveNegotiationsDocument, { after }, buyer),
      ])
        expect(app.errorOf(await request)).toMatchObject({
          code: 'BAD_USER_INPUT',
          fields: { after: [expect.any(String)] },
        });
    });
  });

  describe('filtered', () => {
    const expected: Partial<Record<NegotiationStatus, StateName[]>> = {
      ACTIVE: ['ACTIVE, the dealer to answer', 'ACTIVE, the buyer to answer'],
      ACCEPTED: ['ACCEPTED'],
      COMPLETED: ['COMPLETED'],
      FELL_THROUGH: ['FELL_THROUGH', 'FELL_THROUGH by time', 'FELL_THROUGH by time, not written down'],
      REJECTED: ['REJECTED'],
      CANCELLED: ['CANCELLED'],
      EXPIRED: ['EXPIRED', 'EXPIRED, not written down'],
      CLOSED: ['CLOSED by a rival', 'CLOSED with its vehicle archived'],
    };

    it('by status find each in the state in which the clock has it', async () => {
      const vehicles = new Map<string, StateName>();
      // Those that time must not touch come last, those that the sweep must not see after it.
      const order = Object.keys(states).sort((a, b) => rank(a) - rank(b)) as StateName[];
      for (const name of order) vehicles.set((await states[name](scene)).vehicle.id, name);
      const found: Partial<Record<NegotiationStatus, StateName[]>> = {};
      for (const status of Object.keys(expected) as NegotiationStatus[]) {
        const { nodes, totalCount } = await list(scene.buyer, { filter: { statuses: [status] }, first: 100 });
        expect(totalCount).toBe(nodes.length);
        expect(new Set(nodes.map((node) => node.status))).toEqual(new Set([status]));
        found[status] = nodes.flatMap((node) => vehicles.get(node.vehicle.id) ?? []).sort();
      }
      expect(found).toEqual(
        Object.fromEntries(Object.entries(expected).map(([k, names]) => [k, [...names].sort()])),
      );
    });
    const rank = (name: string) =>
      name.endsWith('not written down') ? 1 : name.startsWith('ACTIVE') || name === 'ACCEPTED' ? 2 : 0;

    it('by several statuses find any of them; by none, all', async () => {
      const { buyer, made } = await withMany(3);
      await scene.done(buyer, 'cancelNegotiation', { negotiationId: made[0] });
      await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId: made[1] });
      const any: NegotiationStatus[] = ['CANCELLED', 'REJECTED', 'CANCELLED'];
      expect((await ids(buyer, { filter: { statuses: any } })).sort()).toEqual(made.slice(0, 2).sort());
      for (const filter of [{ statuses: [] }, { statuses: null }, {}])
        expect(await list(buyer, { filter })).toMatchObject({ totalCount: 3 });
    });

    it('by turn find the open ones that wait for that side', async () => {
      const { buyer, made } = await withMany(3);
      await scene.counter(scene.dealer, { id: made[1] as string }, '18000');
      await scene.done(buyer, 'cancelNegotiation', { negotiationId: made[2] });
      expect(await ids(buyer, { filter: { turn: 'DEALER' } })).toEqual([made[0]]);
      expect(await ids(buyer, { filter: { turn: 'BUYER' } })).toEqual([made[1]]);
      expect(await ids(buyer, { filter: { turn: 'BUYER', statuses: ['CANCELLED'] } })).toEqual([]);
    });

    it('by vehicle find those about it, and none about one that is unknown', async () => {
      const { buyer } = await withMany(2);
      const { id, vehicle } = await scene.open({ buyer });
      expect(await ids(buyer, { filter: { vehicleId: vehicle.id } })).toEqual([id]);
      for (const vehicleId of unknownIds)
        expect(await list(buyer, { filter: { vehicleId } })).toMatchObject({ totalCount: 0, nodes: [] });
    });
  });

  it('activeNegotiations are the open ones alone, the last changed first', async () => {
    const { buyer, made } = await withMany(4, HOUR);
    const [first, second, third, fourth] = made as [string, string, string, string];
    await scene.done(buyer, 'cancelNegotiation', { negotiationId: second });
    await scene.counter(scene.dealer, { id: first }, '18000');
    const pageOf = async (variables: { first?: number; after?: string | null }) =>
      (await app.ok(ActiveNegotiationsDocument, variables, buyer)).activeNegotiations;
    const whole = await pageOf({});
    expect(whole.totalCount).toBe(3);
    expect(whole.nodes).toEqual([first, fourth, third].map((id) => ({ id, status: 'ACTIVE' })));
    expect(
      (await app.ok(ActiveNegotiationsDocument, {}, scene.rival)).activeNegotiations.nodes,
    ).not.toContainEqual({
      id: first,
      status: 'ACTIVE',
    });
    expect(app.errorOf(await app.request(ActiveNegotiationsDocument, {})).code).toBe('UNAUTHENTICATED');
  });
});
