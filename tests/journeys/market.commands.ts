import fc from 'fast-check';
import { expect } from 'vitest';
import {
  NegotiationByIdDocument,
  type NegotiationEndReason,
  type NegotiationParty,
  type NegotiationStatus,
} from '../generated/operations.js';
import { DAY, HOUR } from '../support/clock.js';
import { type Moved, type Mutation, sweep, warn } from '../support/moves.js';
import {
  type Actor,
  type MarketModel,
  type ModelNegotiation,
  type ModelVehicle,
  OFFERS_PER_VEHICLE,
} from './market.model.js';
import type { RealMarket } from './market.real.js';

type Command = fc.AsyncCommand<MarketModel, RealMarket>;
type Role = 'right' | 'other' | 'rival';

const format = (cents: number) => (cents / 100).toFixed(2);
const STRANGE_OFFER = '01890000-0000-7000-8000-000000000000';

function command(label: string, run: Command['run']): Command {
  return { check: () => true, run, toString: () => label };
}

/** Which negotiation: the newest, the one before …, of those that stand as the action wants it, or of the others. */
interface Pick {
  readonly at: number;
  readonly fits: boolean;
}

/** A command about a negotiation; left out where there is none to pick. */
function about(
  { at, fits }: Pick,
  wanted: NegotiationStatus,
  label: string,
  run: (model: MarketModel, real: RealMarket, negotiation: ModelNegotiation) => Promise<void>,
): Command {
  const pool = (model: Readonly<MarketModel>) =>
    model.negotiations.filter((n) => (model.standing(n) === wanted) === fits).reverse();
  return {
    check: (model) => pool(model).length > 0,
    run: (model, real) => {
      const negotiations = pool(model);
      return run(model, real, negotiations[at % negotiations.length] as ModelNegotiation);
    },
    toString: () => `${label} #${at} of those ${fits ? '' : 'not '}${wanted}`,
  };
}

function pickActor(role: Role, { buyer, turn }: ModelNegotiation): Actor {
  if (role === 'rival') return (buyer + 1) % 3;
  const right: Actor = turn === 'BUYER' ? buyer : 'DEALER';
  if (role === 'right') return right;
  return right === 'DEALER' ? buyer : 'DEALER';
}

/** An amount at, inside or just outside of bounds. `where` from 0 to 1 lies between them, both included. */
function amountAt({ low, high }: { low: number; high: number }, where: number): number {
  if (where < 0) return Math.max(0, low - 1);
  if (where > 1) return high + 1;
  return low + Math.floor(Math.max(0, high - low) * where);
}

/** Says what an action answered, gives what is new its ids, and looks at everything. */
async function settle(
  model: MarketModel,
  real: RealMarket,
  predicted: string,
  act: () => Promise<{ code: string; negotiationId?: string; offerId?: string }>,
  negotiation?: ModelNegotiation,
) {
  const moved = await act();
  expect(moved.code).toBe(predicted);
  const subject = negotiation ?? model.negotiations.at(-1);
  if (predicted === 'OK' && subject && moved.offerId) know(model, subject, moved);
  await real.verify(model, { changed: predicted === 'OK' });
}

function know(
  model: MarketModel,
  subject: ModelNegotiation,
  moved: { negotiationId?: string; offerId?: string },
) {
  subject.id = moved.negotiationId as string;
  model.newest(subject).id = moved.offerId as string;
}

const buyers = fc.nat({ max: 2 });
/** Mostly the same one, so that rivals meet. */
const vehicles = fc.constantFrom(0, 0, 0, 1, 2);
const picks = fc.record<Pick>({
  at: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
  fits: fc.constantFrom(true, true, true, true, false),
});
const roles = fc.oneof(
  { weight: 7, arbitrary: fc.constant<Role>('right') },
  { weight: 2, arbitrary: fc.constant<Role>('other') },
  { weight: 1, arbitrary: fc.constant<Role>('rival') },
);
/** Small steps mostly, so that there is something left to bargain about. */
const amounts = fc.constantFrom(-1, 0, 0, 0, 0.1, 0.1, 0.3, 1, 2);
const reasons = fc.constantFrom<NegotiationEndReason>('OTHER', 'OFFER_TOO_LOW', 'CHANGED_MIND');

const start = fc.tuple(buyers, vehicles, amounts).map(([buyer, at, where]) =>
  command(`buyer ${buyer} starts on vehicle ${at} at ${where}`, async (model, real) => {
    const vehicle = model.vehicles[at] as ModelVehicle;
    const amount = amountAt(model.bounds('BUYER', vehicle, null), where);
    const input = { vehicleId: real.vehicleIds[at], amount: format(amount) };
    const predicted = model.start(buyer, vehicle, amount);
    await settle(model, real, predicted, () => real.move(buyer, 'startNegotiation', input));
  }),
);

const submit = fc
  .tuple(picks, roles, amounts, fc.constantFrom(null, null, null, 0, 1), fc.boolean())
  .map(([pick, role, where, behind, twice]) => {
    const label = `${role} submits at ${where}${behind === null ? '' : `, ${behind} behind`}${twice ? ', twice' : ''}`;
    return about(pick, 'ACTIVE', label, async (model, real, negotiation) => {
      const actor = pickActor(role, negotiation);
      const party = model.partyOf(actor, negotiation) ?? 'BUYER';
      const amount = amountAt(model.bounds(party, negotiation.vehicle, negotiation), where);
      const expectedSequence = behind === null ? null : negotiation.lastSequence - behind;
      const input = {
        negotiationId: negotiation.id,
        amount: format(amount),
        expectedSequence,
        clientMutationId: twice ? `${negotiation.id}-${negotiation.lastSequence}` : null,
      };
      const predicted = model.submit(actor, negotiation, amount, expectedSequence);
      const act = () => real.move(actor, 'submitOffer', input);
      await settle(model, real, predicted, act, negotiation);
      if (!twice) return;
      // Once more: the same answer, and nothing else; a refusal has claimed nothing.
      expect((await act()).code).toBe(predicted);
      await real.verify(model, { changed: false });
    });
  });

const accept = fc
  .tuple(picks, roles, fc.constantFrom('newest', 'newest', 'newest', 'first', 'strange'))
  .map(([pick, role, which]) =>
    about(pick, 'ACTIVE', `${role} accepts the ${which} offer`, async (model, real, negotiation) => {
      const actor = pickActor(role, negotiation);
      const offer = which === 'first' ? negotiation.offers[0] : model.newest(negotiation);
      const offerId = which === 'strange' ? STRANGE_OFFER : (offer?.id as string);
      const input = { negotiationId: negotiation.id, offerId };
      const predicted = model.accept(actor, negotiation, offerId);
      await settle(model, real, predicted, () => real.move(actor, 'acceptOffer', input), negotiation);
    }),
  );

type Predict = (
  model: MarketModel,
  actor: Actor,
  negotiation: ModelNegotiation,
  reason: NegotiationEndReason,
) => string;

/** The moves that need no more than a negotiation and, all but one, a reason. */
function ending(
  mutation: Mutation,
  wanted: NegotiationStatus,
  who: (role: Role, n: ModelNegotiation) => Actor,
  predict: Predict,
) {
  return fc.tuple(picks, roles, reasons).map(([pick, role, reason]) =>
    about(pick, wanted, `${role} ${mutation}`, async (model, real, negotiation) => {
      const actor = who(role, negotiation);
      const input = { negotiationId: negotiation.id, ...(mutation === 'completeSale' ? {} : { reason }) };
      const predicted = predict(model, actor, negotiation, reason);
      await settle(model, real, predicted, () => real.move(actor, mutation, input), negotiation);
    }),
  );
}

/** The buyer's own moves, and the dealer's: `right` is the one whose they are, whoever has the turn. */
const asBuyer = (role: Role, { buyer }: ModelNegotiation): Actor =>
  role === 'right' ? buyer : role === 'other' ? 'DEALER' : (buyer + 1) % 3;
const asDealer = (role: Role, { buyer }: ModelNegotiation): Actor =>
  role === 'right' ? 'DEALER' : role === 'other' ? buyer : (buyer + 1) % 3;

const write = fc.tuple(picks, roles).map(([pick, role]) =>
  about(pick, 'ACTIVE', `${role} writes`, async (model, real, negotiation) => {
    const actor = pickActor(role, negotiation);
    const predicted = model.message(actor, negotiation);
    const input = { negotiationId: negotiation.id, body: 'Is it still there?' };
    await settle(model, real, predicted, () => real.move(actor, 'sendMessage', input), negotiation);
  }),
);

/** How much of the log is left unread; a negative number: more than there is to read. */
const leftOut = fc.constantFrom(0, 0, 1, 2, -1);
const read = fc.tuple(picks, roles, leftOut).map(([pick, role, left]) =>
  about(pick, 'ACTIVE', `${role} reads all but ${left}`, async (model, real, negotiation) => {
    const actor = pickActor(role, negotiation);
    const sequence = Math.max(0, negotiation.lastSequence - left);
    const predicted = model.markRead(actor, negotiation, sequence);
    expect(await real.markRead(actor, negotiation.id, sequence)).toBe(predicted);
    await real.verify(model, { changed: predicted === 'OK' });
  }),
);

const saves = fc.constantFrom<'saveVehicle' | 'unsaveVehicle'>('saveVehicle', 'saveVehicle', 'unsaveVehicle');
const save = fc.tuple(buyers, vehicles, saves).map(([buyer, at, mutation]) =>
  command(`buyer ${buyer} ${mutation} ${at}`, async (model, real) => {
    const vehicle = model.vehicles[at] as ModelVehicle;
    const predicted = mutation === 'saveVehicle' ? model.save(buyer, vehicle) : model.unsave(buyer, vehicle);
    expect(await real.save(buyer, mutation, at)).toBe(predicted);
    await real.verify(model, { changed: false });
  }),
);

const invite = fc.tuple(vehicles, fc.constantFrom(0.6, 0.9, 1, 1, 1.001)).map(([at, share]) =>
  command(`the dealer invites to vehicle ${at} at ${share} of the most`, async (model, real) => {
    const vehicle = model.vehicles[at] as ModelVehicle;
    const amount = Math.round(model.highestInvitation(vehicle) * share);
    const predicted = model.invite(vehicle, amount);
    const { code, opened } = await real.invite(at, format(amount));
    expect(code).toBe(predicted.code);
    expect([...opened.keys()].sort()).toEqual(predicted.opened.map(({ buyer }) => buyer).sort());
    for (const negotiation of predicted.opened)
      know(model, negotiation, opened.get(negotiation.buyer) as Moved);
    await real.verify(model, { changed: code === 'OK' });
  }),
);

/** Rules as shares of the asking price: absurd ones too. */
const rules = fc
  .tuple(vehicles, fc.constantFrom(null, null, 0.8, 0.95, 1.01), fc.constantFrom(null, null, null, 0.52, 0.9))
  .map(([at, accept, decline]) =>
    command(`the rules of vehicle ${at}: from ${accept}, under ${decline}`, async (model, real) => {
      const vehicle = model.vehicles[at] as ModelVehicle;
      const cents = (share: number | null) => share && Math.round(vehicle.askingPrice * share);
      const [autoAcceptAt, autoDeclineBelow] = [cents(accept), cents(decline)];
      const predicted = model.change(vehicle, { autoAcceptAt, autoDeclineBelow });
      const input = {
        id: real.vehicleIds[at],
        autoAcceptAt: autoAcceptAt && format(autoAcceptAt),
        autoDeclineBelow: autoDeclineBelow && format(autoDeclineBelow),
      };
      expect(await real.moveVehicle('updateVehicle', input)).toBe(predicted);
      await real.verify(model, { changed: predicted === 'OK' });
    }),
  );

const onVehicle = fc
  .tuple(
    vehicles,
    fc.constantFrom('archiveVehicle', 'publishVehicle', 'publishVehicle', 'updateVehicle'),
    fc.integer({ min: 15_000, max: 25_000 }),
  )
  .map(([at, mutation, dollars]) =>
    command(
      `${mutation} ${at}${mutation === 'updateVehicle' ? ` to ${dollars}` : ''}`,
      async (model, real) => {
        const vehicle = model.vehicles[at] as ModelVehicle;
        const id = real.vehicleIds[at];
        const input = mutation === 'updateVehicle' ? { id, askingPrice: dollars } : { id };
        const predicted =
          mutation === 'archiveVehicle'
            ? model.archive(vehicle)
            : mutation === 'publishVehicle'
              ? model.publish(vehicle)
              : model.change(vehicle, { askingPrice: dollars * 100 });
        expect(await real.moveVehicle(mutation as 'archiveVehicle', input)).toBe(predicted);
        await real.verify(model, { changed: predicted === 'OK' });
      },
    ),
  );

const spans = [HOUR, HOUR, HOUR, 6 * HOUR, 6 * HOUR, 24 * HOUR, 48 * HOUR - 1, 48 * HOUR, 7 * DAY];
const wait = fc.constantFrom(...spans).map((ms) =>
  command(`${ms / HOUR} hours pass`, async (model, real) => {
    model.now += ms;
    real.app.clock.advance(ms);
    await real.verify(model, { changed: false });
  }),
);

const sweeps = fc.constant(
  command('the sweeps run', async (model, real) => {
    const predicted = model.sweep();
    expect({ ...(await sweep(real.app)), warned: await warn(real.app) }).toEqual(predicted);
    const { lapsed, released, warned } = predicted;
    await real.verify(model, { changed: lapsed + released + warned > 0 });
  }),
);

const look = fc.tuple(picks, fc.constantFrom<Role>('right', 'other', 'rival')).map(([pick, role]) =>
  about(pick, 'EXPIRED', `${role} looks`, async (model, real, seen) => {
    const person = real.person(pickActor(role, seen));
    const { negotiation } = await real.app.ok(NegotiationByIdDocument, { id: seen.id }, person);
    if (role === 'rival') {
      expect(negotiation).toBeNull();
      return;
    }
    const status = model.standing(seen);
    const isOpen = status === 'ACTIVE';
    expect(negotiation).toMatchObject({
      status,
      turn: isOpen ? seen.turn : null,
      lapsedBy: status === 'EXPIRED' && seen.status === 'ACTIVE' ? seen.turn : seen.lapsedBy,
      expiresAt: isOpen ? new Date(seen.expiresAt as number).toISOString() : null,
      lastSequence: seen.lastSequence,
      buyerOffersRemaining: Math.max(0, OFFERS_PER_VEHICLE - model.spent(seen.buyer, seen.vehicle)),
      minimumOffer: format(model.bounds('BUYER', seen.vehicle, isOpen ? seen : null).low),
      unreadCount: model.unread(seen, model.partyOf(pickActor(role, seen), seen) as NegotiationParty),
      buyerReadSequence: seen.read.BUYER,
      dealerReadSequence: seen.read.DEALER,
    });
  }),
);

/** fast-check chooses among them evenly: what stands here more than once comes more often. */
export const commands: Array<fc.Arbitrary<Command>> = [
  ...[start, start, start, start, start],
  ...[submit, submit, submit, submit, submit, submit, submit, submit],
  ...[accept, accept, accept],
  ending('rejectNegotiation', 'ACTIVE', asDealer, (model, ...args) => model.reject(...args)),
  ending('cancelNegotiation', 'ACTIVE', asBuyer, (model, ...args) => model.cancel(...args)),
  ending('completeSale', 'ACCEPTED', asDealer, (model, actor, n) => model.complete(actor, n)),
  ending('completeSale', 'ACCEPTED', asDealer, (model, actor, n) => model.complete(actor, n)),
  ending('cancelSale', 'ACCEPTED', asDealer, (model, ...args) => model.cancelSale(...args)),
  ending('cancelSale', 'ACCEPTED', asBuyer, (model, ...args) => model.cancelSale(...args)),
  onVehicle,
  ...[write, read, save, save, invite, rules],
  ...[wait, wait],
  sweeps,
  look,
];
