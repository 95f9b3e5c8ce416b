import { describe, expect, it } from 'vitest';
import {
  MarkAllNotificationsReadDocument,
  MarkNotificationReadDocument,
  NotificationsDocument,
  UnreadNotificationCountDocument,
} from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { unknownIds, useScene } from '../negotiations/scene.js';

describe.each(databaseKinds)('notifications on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const list = async (
    who: Person,
    variables: { unreadOnly?: boolean | null; first?: number; after?: string | null } = {},
  ) => (await app.ok(NotificationsDocument, variables, who)).notifications;
  const unread = async (who: Person) =>
    (await app.ok(UnreadNotificationCountDocument, {}, who)).unreadNotificationCount;
  const read = (who: { token: string | undefined }, id: string) =>
    app.request(MarkNotificationReadDocument, { input: { id } }, who);

  /** A new buyer who has been told of this many counter-offers. */
  async function toldBuyer(count: number): Promise<Person> {
    const buyer = await app.build.buyer();
    for (let index = 0; index < count; index++)
      await scene.counter(scene.dealer, await scene.open({ buyer }), '18000');
    return buyer;
  }

  /** All that is stored of all inboxes: what a refusal leaves as it was. */
  const stored = () =>
    app.orm.em.fork().getConnection().execute('select * from notifications order by user_id, sequence');

  it('are the own, newest first, numbered from 1', async () => {
    const buyer = await toldBuyer(3);
    const { nodes, totalCount, unreadCount } = await list(buyer);
    expect({ totalCount, unreadCount }).toEqual({ totalCount: 3, unreadCount: 3 });
    expect(nodes.map((entry) => entry.sequence)).toEqual([3, 2, 1]);
    expect(await list(await app.build.buyer())).toMatchObject({ totalCount: 0, unreadCount: 0, nodes: [] });
  });

  it('are paged without a gap', async () => {
    const buyer = await toldBuyer(3);
    const page = await list(buyer, { first: 2 });
    expect(page.nodes.map((entry) => entry.sequence)).toEqual([3, 2]);
    const rest = await list(buyer, { first: 2, after: page.pageInfo.endCursor ?? null });
    expect(rest.nodes.map((entry) => entry.sequence)).toEqual([1]);
    expect([page.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('are read one by one, and reading twice is reading once', async () => {
    const buyer = await toldBuyer(2);
    const id = (await list(buyer)).nodes[0]?.id as string;
    app.clock.advance(HOUR);
    const readAt = scene.at();
    const first = await app.ok(MarkNotificationReadDocument, { input: { id } }, buyer);
    expect(first.markNotificationRead.notification).toMatchObject({ id, sequence: 2, isRead: true, readAt });
    app.clock.advance(HOUR);
    expect(await app.ok(MarkNotificationReadDocument, { input: { id } }, buyer)).toEqual(first);
    expect(await unread(buyer)).toBe(1);
    expect(await list(buyer)).toMatchObject({ totalCount: 2, unreadCount: 1 });
  });

  it('are listed without those that were read, on wish', async () => {
    const buyer = await toldBuyer(3);
    const id = (await list(buyer)).nodes[1]?.id as string;
    await read(buyer, id);
    const { nodes, totalCount, unreadCount } = await list(buyer, { unreadOnly: true });
    expect({ totalCount, unreadCount }).toEqual({ totalCount: 2, unreadCount: 2 });
    expect(nodes.map((entry) => entry.sequence)).toEqual([3, 1]);
    for (const unreadOnly of [false, null])
      expect(await list(buyer, { unreadOnly })).toMatchObject({ totalCount: 3 });
  });

  it("are all read at once, the viewer's own alone", async () => {
    const [buyer, other] = [await toldBuyer(3), await toldBuyer(1)];
    await read(buyer, (await list(buyer)).nodes[0]?.id as string);
    const { markAllNotificationsRead } = await app.ok(MarkAllNotificationsReadDocument, {}, buyer);
    expect(markAllNotificationsRead.count).toBe(2);
    expect([await unread(buyer), await unread(other)]).toEqual([0, 1]);
    expect((await list(buyer)).nodes.every((entry) => entry.isRead && entry.readAt === scene.at())).toBe(
      true,
    );
    expect((await app.ok(MarkAllNotificationsReadDocument, {}, buyer)).markAllNotificationsRead.count).toBe(
      0,
    );
  });

  it("cannot be read where they are another's, or none", async () => {
    const id = (await list(await toldBuyer(1))).nodes[0]?.id as string;
    const before = await stored();
    for (const [who, code] of [
      [scene.rival, 'NOT_FOUND'],
      [scene.dealer, 'NOT_FOUND'],
      [await app.build.admin(), 'NOT_FOUND'],
      [{ token: undefined }, 'UNAUTHENTICATED'],
    ] as const)
      expect(app.errorOf(await read(who, id)).code).toBe(code);
    for (const unknown of unknownIds)
      expect(app.errorOf(await read(scene.buyer, unknown)).code).toBe('NOT_FOUND');
    expect(await stored()).toEqual(before);
  });

  it('are not for guests', async () => {
    for (const response of [
      app.request(NotificationsDocument, {}),
      app.request(UnreadNotificationCountDocument, {}),
      app.request(MarkAllNotificationsReadDocument, {}),
    ])
      expect(app.errorOf(await response).code).toBe('UNAUTHENTICATED');
  });

  it('take no cursor of another list, and no page of 0 or 101', async () => {
    for (const variables of [{ after: 'made up' }, { first: 0 }, { first: 101 }])
      expect(app.errorOf(await app.request(NotificationsDocument, variables, scene.buyer)).code).toBe(
        'BAD_USER_INPUT',
      );
  });

  it('tell the negotiation as the clock has it by now', async () => {
    const buyer = await toldBuyer(1);
    app.clock.advance(48 * HOUR);
    expect((await list(buyer)).nodes[0]).toMatchObject({
      kind: 'OFFER_COUNTERED',
      negotiation: { status: 'EXPIRED' },
    });
  });
});
