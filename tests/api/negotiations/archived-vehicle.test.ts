import { describe, expect, it } from 'vitest';
import { ArchiveVehicleDocument, PublishVehicleDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';
import { useScene } from './scene.js';

describe.each(databaseKinds)('archiving a vehicle, on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  it('closes its open negotiations, whoever has the turn, and no others', async () => {
    const vehicle = await scene.vehicle();
    const open = await scene.open({ vehicle });
    const countered = await scene.open({ vehicle, buyer: scene.rival });
    await scene.counter(scene.dealer, countered, '18000');
    const elsewhere = await scene.open();
    await app.ok(ArchiveVehicleDocument, { input: { id: vehicle.id } }, scene.dealer);
    for (const negotiation of [open, countered]) {
      const { offers, events, ...state } = await scene.read(negotiation);
      expect(state).toMatchObject({
        status: 'CLOSED',
        turn: null,
        endReason: 'VEHICLE_UNAVAILABLE',
        lapsedBy: null,
        expiresAt: null,
      });
      expect(offers.at(-1)).toMatchObject({
        status: 'CLOSED',
        resolvedBy: 'SYSTEM',
        respondedAt: scene.at(),
      });
      expect(events.nodes.at(-1)).toMatchObject({ kind: 'NEGOTIATION_CLOSED', party: null });
    }
    expect(await scene.read(elsewhere)).toMatchObject({ status: 'ACTIVE' });
  });

  it('writes down of one that has lapsed that it has', async () => {
    const negotiation = await scene.open();
    app.clock.advance(48 * HOUR);
    await app.ok(ArchiveVehicleDocument, { input: { id: negotiation.vehicle.id } }, scene.dealer);
    expect(await scene.read(negotiation)).toMatchObject({
      status: 'EXPIRED',
      lapsedBy: 'DEALER',
      lastSequence: 2,
    });
  });

  it('gives no offers back, and lets the buyer start again once it is published again', async () => {
    const { vehicle } = await scene.open();
    const input = { id: vehicle.id };
    await app.ok(ArchiveVehicleDocument, { input }, scene.dealer);
    await app.ok(PublishVehicleDocument, { input }, scene.dealer);
    expect(await scene.read(await scene.open({ vehicle }))).toMatchObject({ buyerOffersRemaining: 3 });
  });

  it('is refused once a price is agreed on, and leaves the agreement as it was', async () => {
    const negotiation = await scene.open();
    await scene.accept(scene.dealer, negotiation);
    const input = { id: negotiation.vehicle.id };
    const refusal = await scene.refused(() => app.request(ArchiveVehicleDocument, { input }, scene.dealer));
    expect(refusal).toMatchObject({ code: 'CONFLICT' });
    expect(await scene.read(negotiation)).toMatchObject({ status: 'ACCEPTED' });
  });
});
