import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  AcceptOfferDocument,
  ArchiveVehicleDocument,
  CompleteSaleDocument,
  DeleteVehicleDocument,
  PublishVehicleDocument,
  UpdateVehicleDocument,
  VehicleUpdatedDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { busListeners, expectNoMore, type Following, until, useLive } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';

const UNKNOWN = '01890000-0000-7000-8000-000000000000';
const topicOf = (id: string) => `vehicle:${id}`;

describe.each(databaseKinds)('vehicleUpdated on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);

  const follow = (vehicleId: string, person?: { token: string }) =>
    live.listen(person, topicOf(vehicleId), VehicleUpdatedDocument, { vehicleId });

  it('tells a guest of a new price, of the hold and of the sale', async () => {
    const { id: negotiationId, offerId, vehicle, dealer } = await app.build.negotiation();
    const following = await follow(vehicle.id);
    await app.ok(UpdateVehicleDocument, { input: { id: vehicle.id, askingPrice: '19500' } }, dealer);
    expect(await following.take(1)).toEqual([
      { vehicleUpdated: { id: vehicle.id, status: 'ACTIVE', askingPrice: '19500.00' } },
    ]);
    await app.ok(AcceptOfferDocument, { input: { negotiationId, offerId } }, dealer);
    expect((await following.take(2))[1]?.vehicleUpdated.status).toBe('PENDING');
    await app.ok(CompleteSaleDocument, { input: { negotiationId } }, dealer);
    expect((await following.take(3))[2]?.vehicleUpdated.status).toBe('SOLD');
    await expectNoMore(following, 3);
  });

  it('tells that a vehicle was archived', async () => {
    const vehicle = await app.build.vehicle();
    const following = await follow(vehicle.id);
    await app.ok(ArchiveVehicleDocument, { input: { id: vehicle.id } }, vehicle.dealer);
    expect((await following.take(1))[0]?.vehicleUpdated.status).toBe('ARCHIVED');
  });

  it('follows a draft for its owner and for an admin, until it is on the market', async () => {
    const vehicle = await app.build.vehicle(undefined, { publish: false });
    const owners = await follow(vehicle.id, vehicle.dealer);
    const admins = await follow(vehicle.id, await app.build.admin());
    await app.ok(PublishVehicleDocument, { input: { id: vehicle.id } }, vehicle.dealer);
    for (const following of [owners, admins])
      expect((await following.take(1))[0]?.vehicleUpdated.status).toBe('ACTIVE');
  });

  it('ends when the vehicle is deleted', async () => {
    const vehicle = await app.build.vehicle();
    const following = await follow(vehicle.id);
    await app.ok(DeleteVehicleDocument, { input: { id: vehicle.id } }, vehicle.dealer);
    await until('the end', () => following.isComplete);
    expect(following.errors).toBeNull();
    expect(following.results).toEqual([]);
    expect(busListeners(app, topicOf(vehicle.id))).toBe(0);
  });

  it('says nothing where the change was refused', async () => {
    const vehicle = await app.build.vehicle();
    const following = await follow(vehicle.id);
    const input = { id: vehicle.id, askingPrice: '0' };
    expect((await app.request(UpdateVehicleDocument, { input }, vehicle.dealer)).errors).toHaveLength(1);
    await expectNoMore(following, 0);
  });

  it('gives each viewer its own, as it is at that moment', async () => {
    const negotiation = await app.build.negotiation();
    const { vehicle, buyer, dealer } = negotiation;
    const query = `subscription { vehicleUpdated(vehicleId: "${vehicle.id}") {
      askingPrice priceHistory { price } dealer { id } myNegotiation { id status }
    } }`;
    const listen = (person?: { token: string }) =>
      live.listen<{ vehicleUpdated: object }, object>(person, topicOf(vehicle.id), query);
    const buyers = await listen(buyer);
    const guests = await listen();
    await app.ok(UpdateVehicleDocument, { input: { id: vehicle.id, askingPrice: '19500' } }, dealer);
    const common = {
      askingPrice: '19500.00',
      priceHistory: [{ price: '20000.00' }, { price: '19500.00' }],
      dealer: { id: dealer.dealerId },
    };
    const own = { id: negotiation.id, status: 'ACTIVE' };
    expect(await buyers.take(1)).toEqual([{ vehicleUpdated: { ...common, myNegotiation: own } }]);
    expect(await guests.take(1)).toEqual([{ vehicleUpdated: { ...common, myNegotiation: null } }]);
  });

  it('reads a changed vehicle once for all who follow it', async () => {
    const vehicle = await app.build.vehicle();
    const followers: Following<object>[] = [];
    for (let n = 0; n < 6; n++) followers.push(await follow(vehicle.id));
    const input = { id: vehicle.id, askingPrice: '19500' };
    const statements = await app.statements(async () => {
      await app.ok(
        `mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { __typename } }`,
        { input },
        vehicle.dealer,
      );
      for (const following of followers) await following.take(1);
    });
    const reads = statements.filter((statement) => /^select .* from "?vehicles"? as "?r"?/s.test(statement));
    expect(reads).toHaveLength(1);
  });

  it('does not know a draft of somebody else, and keeps the socket open', async () => {
    const { id, dealer } = await app.build.vehicle(undefined, { publish: false });
    const others = [undefined, (await app.build.buyer()).token, (await app.build.dealer()).token];
    for (const token of others) {
      const socket = await RawSocket.ready(app, token);
      for (const vehicleId of [id, UNKNOWN, 'nonsense', '']) {
        socket.subscribe(`of ${vehicleId}`, print(VehicleUpdatedDocument), { vehicleId });
        expect(await socket.answer(`of ${vehicleId}`)).toEqual({ data: null, code: 'NOT_FOUND' });
      }
      await socket.expectOpen();
      await app.ok(UpdateVehicleDocument, { input: { id, mileage: 1_000 } }, dealer);
      expect(socket.of(`of ${id}`).map((message) => message.type)).toEqual(['next', 'complete']);
      socket.terminate();
    }
    expect(busListeners(app, topicOf(id))).toBe(0);
  });
});
