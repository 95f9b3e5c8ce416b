import { getNamedType, isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { servedSchema } from '../../../src/app/schema.js';
import type { TestApp } from '../../support/app.js';
import type { BuiltNegotiation, DealerPerson, Person } from '../../support/builders.js';
import { type Ledger, ledgerOf } from '../../support/ledger.js';
import { listVehicles } from '../../support/listings.js';
import { type Mutation, move } from '../../support/moves.js';
import { hasRedis } from '../../support/redis.js';
import { openRivalsOn } from '../../support/rivals.js';
import { often } from '../../support/thorough.js';
import { keep, tryInvite } from '../negotiations/inviting.js';
import { useNodes } from './two-nodes.js';

const ROUNDS = often(20, 3);

/** How often each node is sent the same: clients try again, and so do the proxies in between. */
const TIMES = 2;

type Opened = Pick<BuiltNegotiation, 'id' | 'offerId'>;

interface Call {
  readonly who: 'buyer' | 'dealer';
  /** Where the negotiation has to stand. */
  readonly from: 'NOTHING' | 'OPEN' | 'AGREED';
  readonly input: (vehicleId: string, opened: Opened) => Record<string, unknown>;
}

const ofNegotiation: Call['input'] = (_vehicle, { id: negotiationId }) => ({ negotiationId });

const CALLS: Record<Mutation | 'inviteInterestedBuyers', Call> = {
  startNegotiation: {
    who: 'buyer',
    from: 'NOTHING',
    input: (vehicleId) => ({ vehicleId, amount: '15000', message: 'Hello' }),
  },
  submitOffer: {
    who: 'dealer',
    from: 'OPEN',
    input: (vehicle, opened) => ({ ...ofNegotiation(vehicle, opened), amount: '18000' }),
  },
  acceptOffer: {
    who: 'dealer',
    from: 'OPEN',
    input: (_vehicle, { id: negotiationId, offerId }) => ({ negotiationId, offerId }),
  },
  rejectNegotiation: { who: 'dealer', from: 'OPEN', input: ofNegotiation },
  cancelNegotiation: { who: 'buyer', from: 'OPEN', input: ofNegotiation },
  completeSale: { who: 'dealer', from: 'AGREED', input: ofNegotiation },
  cancelSale: { who: 'buyer', from: 'AGREED', input: ofNegotiation },
  sendMessage: {
    who: 'buyer',
    from: 'OPEN',
    input: (vehicle, opened) => ({ ...ofNegotiation(vehicle, opened), body: 'Hello' }),
  },
  inviteInterestedBuyers: {
    who: 'dealer',
    from: 'NOTHING',
    input: (vehicleId) => ({ vehicleId, amount: '18000' }),
  },
};

if (hasRedis)
  describe('the same mutation, sent to two nodes at once with one clientMutationId', () => {
    const { one, other } = useNodes();
    let people: { dealer: DealerPerson; buyer: Person };

    beforeAll(async () => {
      people = { dealer: await one.build.dealer(), buyer: await one.build.buyer() };
    });

    /** What is answered, whichever mutation it is. */
    async function answerOf(app: TestApp, name: keyof typeof CALLS, input: Record<string, unknown>) {
      const who = people[CALLS[name].who];
      if (name !== 'inviteInterestedBuyers') return move(app, who, name, input);
      const response = await tryInvite(app, who, input);
      return { code: response.errors ? app.errorOf(response).code : 'OK', ...response.data };
    }

    async function arrange({ from }: Call): Promise<Array<{ vehicleId: string; opened: Opened }>> {
      const vehicles = await listVehicles(one, people.dealer, ROUNDS);
      const ids = vehicles.map(({ id }) => id);
      const rivals = from === 'NOTHING' ? [] : await openRivalsOn(one, ids, [people.buyer]);
      return Promise.all(
        ids.map(async (vehicleId, index) => {
          const { negotiationId = '', offerId = '' } = rivals[index]?.[0] ?? {};
          if (from === 'AGREED') await move(one, people.dealer, 'acceptOffer', { negotiationId, offerId });
          return { vehicleId, opened: { id: negotiationId, offerId } };
        }),
      );
    }

    const sizeOf = ({ negotiations, offers, events, notifications }: Ledger) => ({
      negotiations: negotiations.length,
      offers: offers.length,
      events: events.length,
      notifications: notifications.reduce((sum, { count }) => sum + count, 0),
    });

    it.each(Object.keys(CALLS) as Array<keyof typeof CALLS>)('%s happens once', async (name) => {
      const call = CALLS[name];
      for (const [round, { vehicleId, opened }] of (await arrange(call)).entries()) {
        if (name === 'inviteInterestedBuyers') await keep(one, vehicleId, people.buyer);
        const input = { ...call.input(vehicleId, opened), clientMutationId: `${name} ${round}` };
        const before = sizeOf(await ledgerOf(one, [vehicleId]));
        const answers = await Promise.all(
          Array.from({ length: 2 * TIMES }, (_, n) => answerOf(n % 2 ? one : other, name, input)),
        );
        expect(answers[0]?.code).toBe('OK');
        for (const answer of answers) expect(answer).toEqual(answers[0]);
        const after = sizeOf(await ledgerOf(one, [vehicleId]));
        expect(after.events - before.events).toBe(1);
        expect(after.negotiations - before.negotiations).toBe(call.from === 'NOTHING' ? 1 : 0);
        expect(after.notifications - before.notifications).toBeLessThan(2);
      }
    });

    it('is tried of each mutation that takes one', async () => {
      const fields = Object.values((await servedSchema()).getMutationType()?.getFields() ?? {});
      const taking = fields.filter(({ args: [input] }) => {
        const type = input && getNamedType(input.type);
        return isInputObjectType(type) && 'clientMutationId' in type.getFields();
      });
      expect(Object.keys(CALLS).sort()).toEqual(taking.map(({ name }) => name).sort());
    });
  });
