import { describe, expect, it } from 'vitest';
import { MyNegotiationOnDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import { useScene } from './scene.js';

const LISTED = `query { vehicles(first: 100) { nodes { id myNegotiation { id status } } } }`;

interface Listed {
  vehicles: { nodes: Array<{ id: string; myNegotiation: { id: string } | null }> };
}

describe.each(databaseKinds)('Vehicle.myNegotiation on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const mine = async (vehicleId: string, who: { token: string | undefined }) =>
    (await app.ok(MyNegotiationOnDocument, { vehicleId }, who)).vehicle?.myNegotiation;

  it("is the viewing buyer's newest, ended or not", async () => {
    const vehicle = await scene.vehicle();
    expect(await mine(vehicle.id, scene.buyer)).toBeNull();
    const first = await scene.open({ vehicle });
    await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: first.id });
    expect(await mine(vehicle.id, scene.buyer)).toEqual({ id: first.id, status: 'CANCELLED' });
    const second = await scene.open({ vehicle });
    expect(await mine(vehicle.id, scene.buyer)).toEqual({ id: second.id, status: 'ACTIVE' });
  });

  it("is nobody else's", async () => {
    const { vehicle } = await scene.open();
    const others = [scene.rival, scene.dealer, await app.build.admin(), { token: undefined }];
    for (const who of others) expect(await mine(vehicle.id, who)).toBeNull();
  });

  it('is each its own in a list, in one statement more', async () => {
    const buyer = await app.build.buyer();
    const [one, other] = [await scene.open({ buyer }), await scene.open({ buyer })];
    const without = await scene.vehicle();
    let found = new Map<string, string | undefined>();
    const statements = await app.statements(async () => {
      const { vehicles } = await app.ok<Listed, object>(LISTED, {}, buyer);
      found = new Map(vehicles.nodes.map(({ id, myNegotiation }) => [id, myNegotiation?.id]));
    });
    expect(found.get(one.vehicle.id)).toBe(one.id);
    expect(found.get(other.vehicle.id)).toBe(other.id);
    expect(found.get(without.id)).toBeUndefined();
    expect(statements).toHaveLength(2);
  });
});
