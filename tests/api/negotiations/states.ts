import type { BuiltNegotiation } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import type { Scene } from './scene.js';

/** A negotiation that was brought into a state, with the offer that stands in it or stood last. */
export type Brought = BuiltNegotiation;

type Bring = (scene: Scene) => Promise<Brought>;

const open: Bring = (scene) => scene.open();

const countered: Bring = async (scene) => {
  const negotiation = await scene.open();
  const { offerId } = await scene.counter(scene.dealer, negotiation, '18000');
  return { ...negotiation, offerId };
};

const accepted: Bring = async (scene) => {
  const negotiation = await scene.open();
  await scene.accept(scene.dealer, negotiation);
  return negotiation;
};

/** What follows a state, as one step of it. */
function then(before: Bring, step: (scene: Scene, negotiation: Brought) => Promise<unknown>): Bring {
  return async (scene) => {
    const negotiation = await before(scene);
    await step(scene, negotiation);
    return negotiation;
  };
}

const past = (ms: number) => async (scene: Scene) => scene.app.clock.advance(ms);
const by =
  (who: 'buyer' | 'dealer', mutation: Parameters<Scene['done']>[1]) =>
  (scene: Scene, { id }: Brought) =>
    scene.done(scene[who], mutation, { negotiationId: id });

/** Every state that a negotiation can stand in, those included that time has brought and nobody has written down. */
export const states = {
  'ACTIVE, the dealer to answer': open,
  'ACTIVE, the buyer to answer': countered,
  ACCEPTED: accepted,
  COMPLETED: then(accepted, by('dealer', 'completeSale')),
  FELL_THROUGH: then(accepted, by('buyer', 'cancelSale')),
  'FELL_THROUGH by time, not written down': then(accepted, past(7 * DAY)),
  'FELL_THROUGH by time': then(then(accepted, past(7 * DAY)), (scene) => scene.sweep()),
  REJECTED: then(open, by('dealer', 'rejectNegotiation')),
  CANCELLED: then(open, by('buyer', 'cancelNegotiation')),
  'EXPIRED, not written down': then(open, past(48 * HOUR)),
  EXPIRED: then(then(countered, past(48 * HOUR)), (scene) => scene.sweep()),
  'CLOSED by a rival': then(open, async (scene, { vehicle }) => {
    const winner = await scene.open({ vehicle, buyer: await scene.app.build.buyer() });
    await scene.accept(scene.dealer, winner);
  }),
  'CLOSED with its vehicle archived': then(open, (scene, { vehicle }) =>
    scene.app.ok(
      'mutation ($input: VehicleIdInput!) { archiveVehicle(input: $input) { vehicle { id } } }',
      { input: { id: vehicle.id } },
      scene.dealer,
    ),
  ),
} satisfies Record<string, Bring>;

export type StateName = keyof typeof states;
