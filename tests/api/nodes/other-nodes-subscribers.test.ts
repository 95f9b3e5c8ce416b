import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { servedSchema } from '../../../src/app/schema.js';
import { bulkReaderPart } from '../../../src/modules/vehicles/bulk/bulk-reader.js';
import {
  MarkNegotiationReadDocument,
  NegotiationEventsDocument,
  NegotiationReadDocument,
  NotificationReceivedDocument,
  OfferReceivedDocument,
  SetTypingDocument,
  TypingDocument,
  UpdateVehicleDocument,
  VehicleUpdatedDocument,
} from '../../generated/operations.js';
import type { BuiltNegotiation, Person } from '../../support/builders.js';
import { expectNoMore, type Following, until, useLive } from '../../support/live.js';
import { move } from '../../support/moves.js';
import { hasRedis } from '../../support/redis.js';
import { bring, HEADER, rowOf } from '../vehicles/bulk/files.js';
import { useNodes } from './two-nodes.js';

const PROGRESS = 'subscription ($id: ID!) { bulkUploadProgress(id: $id) { status totalRows } }';

interface Progress {
  bulkUploadProgress: { status: string; totalRows: number };
}

if (hasRedis)
  describe('a subscriber of another node', () => {
    // What comes has come over Redis: nobody looks at the database in the time that these tests take.
    const nodes = useNodes({ headPollMs: 60_000 });
    const { one, other } = nodes;
    const live = useLive(other);
    const proved = new Set<string>();
    let negotiation: BuiltNegotiation;

    beforeAll(async () => {
      negotiation = await one.build.negotiation();
    });
    afterEach(() => vi.restoreAllMocks());

    const open = async () => {
      negotiation = await one.build.negotiation({ vehicle: await one.build.vehicle(negotiation.dealer) });
      return negotiation;
    };
    const say = (who: Person, body = 'Hello') =>
      move(one, who, 'sendMessage', { negotiationId: negotiation.id, body });
    const tells = <R>(field: string, following: Following<R>, count: number) => {
      proved.add(field);
      return following.take(count);
    };

    it('has each event of a negotiation, once and in order', async () => {
      const { id: negotiationId, buyer, dealer } = await open();
      const following = await live.follow(buyer, NegotiationEventsDocument, { negotiationId, after: 0 });
      await nodes.asked(`negotiation:${negotiationId}`);
      for (let n = 0; n < 10; n++) await say(n % 2 ? buyer : dealer);
      const events = await tells('negotiationEvents', following, 11);
      expect(events.map(({ negotiationEvents }) => negotiationEvents.sequence)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
      ]);
      await expectNoMore(following, 11);
    });

    it('has offers and notifications', async () => {
      const { id: negotiationId, buyer, dealer } = await open();
      const notifications = await live.follow(buyer, NotificationReceivedDocument);
      const offers = await live.follow(buyer, OfferReceivedDocument);
      await nodes.asked(`inbox:${buyer.id}`);
      const { offerId } = await move(one, dealer, 'submitOffer', { negotiationId, amount: '19000' });
      expect((await tells('offerReceived', offers, 1))[0]?.offerReceived.id).toBe(offerId);
      expect(await tells('notificationReceived', notifications, 1)).toHaveLength(1);
      await expectNoMore(offers, 1);
    });

    it('has the marks of what was read', async () => {
      const { id: negotiationId, buyer, dealer } = await open();
      const following = await live.follow(dealer, NegotiationReadDocument, { negotiationId });
      await nodes.asked(`negotiation-read:${negotiationId}`);
      // Both sides' marks are told first.
      await following.take(2);
      await say(dealer);
      await one.ok(MarkNegotiationReadDocument, { input: { negotiationId, sequence: 2 } }, buyer);
      const told = await tells('negotiationRead', following, 3);
      expect(told.at(-1)?.negotiationRead).toEqual({ negotiationId, party: 'BUYER', sequence: 2 });
    });

    it('sees who types, once, as does who sits at the same node', async () => {
      const { id: negotiationId, buyer, dealer } = await open();
      const topic = `typing:${negotiationId}`;
      const theirs = await live.listen(dealer, topic, TypingDocument, { negotiationId });
      const own: unknown[] = [];
      const near = one.socket(dealer.token);
      const document = `subscription { typing(negotiationId: "${negotiationId}") { party typing } }`;
      near.subscribe(
        { query: document },
        { next: ({ data }) => own.push(data?.typing), error: () => undefined, complete: () => undefined },
      );
      await nodes.asked(topic, 2);
      const set = (typing: boolean) => one.ok(SetTypingDocument, { input: { negotiationId, typing } }, buyer);
      await set(true);
      expect((await tells('typing', theirs, 1))[0]?.typing).toMatchObject({ party: 'BUYER', typing: true });
      await set(false);
      await theirs.take(2);
      await expectNoMore(theirs, 2);
      expect(own).toEqual([
        { party: 'BUYER', typing: true },
        { party: 'BUYER', typing: false },
      ]);
      await near.dispose();
    });

    it('has the new price of a vehicle', async () => {
      const { vehicle, dealer } = await open();
      const topic = `vehicle:${vehicle.id}`;
      const following = await live.listen(undefined, topic, VehicleUpdatedDocument, {
        vehicleId: vehicle.id,
      });
      await nodes.asked(topic);
      await one.ok(UpdateVehicleDocument, { input: { id: vehicle.id, askingPrice: '19500' } }, dealer);
      const [told] = await tells('vehicleUpdated', following, 1);
      expect(told?.vehicleUpdated.askingPrice).toBe('19500.00');
      await expectNoMore(following, 1);
    });

    it('has the progress of an upload, to its end', async () => {
      const { dealer } = negotiation;
      const reader = one.system.services.parts.get(bulkReaderPart);
      const held = vi.spyOn(reader, 'look').mockResolvedValue(0);
      const file = [HEADER, ...Array.from({ length: 250 }, () => rowOf(one.build.vin()))].join('\n');
      const { id } = (await bring(one, dealer, file, { wait: false })).bulkUpload;
      held.mockRestore();
      const topic = `bulk-upload:${id}`;
      const following = await live.listen<Progress, object>(dealer, topic, PROGRESS, { id });
      await nodes.asked(topic);
      await tells('bulkUploadProgress', following, 1);
      await reader.look();
      await until('its end', () => following.isComplete);
      const end = following.results.at(-1)?.bulkUploadProgress;
      expect(end).toEqual({ status: 'COMPLETED', totalRows: 250 });
    });

    it('has all that can be subscribed to', async () => {
      const fields = Object.keys((await servedSchema()).getSubscriptionType()?.getFields() ?? {});
      expect([...proved].sort()).toEqual(fields.sort());
    });
  });
