import { Reference } from '@mikro-orm/core';
import { User } from '../../../src/modules/accounts/index.js';
import { Vehicle } from '../../../src/modules/vehicles/index.js';
import { SavedVehicle } from '../../../src/modules/vehicles/saved/saved-vehicle.entity.js';
import type { TestApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';

const INVITE = `mutation ($input: InviteInterestedBuyersInput!) {
  inviteInterestedBuyers(input: $input) {
    clientMutationId
    negotiations { id status turn buyer { id } currentOffer { id amount party message status expiresAt } }
  }
}`;

export interface Invitation {
  readonly id: string;
  readonly status: string;
  readonly turn: string;
  readonly buyer: { readonly id: string };
  readonly currentOffer: {
    readonly id: string;
    readonly amount: string;
    readonly party: string;
    readonly message: string | null;
    readonly status: string;
    readonly expiresAt: string;
  };
}

interface Answer {
  readonly inviteInterestedBuyers: { clientMutationId: string | null; negotiations: Invitation[] };
}

type Asker = { token: string | undefined };

export function tryInvite(app: TestApp, who: Asker, input: object) {
  return app.request<Answer, object>(INVITE, { input }, who);
}

/** An invitation that must succeed. */
export async function invite(app: TestApp, who: Asker, input: object): Promise<Invitation[]> {
  return (await app.ok<Answer, object>(INVITE, { input }, who)).inviteInterestedBuyers.negotiations;
}

/** That these keep the vehicle, one after the other, straight into the table. */
export async function keep(app: TestApp, vehicleId: string, ...people: Array<Pick<Person, 'id'>>) {
  const em = app.orm.em.fork();
  const since = app.clock.now().getTime() - people.length;
  for (const [index, { id }] of people.entries()) {
    em.persist(SavedVehicle.of(id, vehicleId, new Date(since + index)));
  }
  await em.flush();
}

/** So many buyers who keep the vehicle, one after the other; nobody of them can sign in. */
export async function keepers(app: TestApp, vehicleId: string, count: number): Promise<string[]> {
  const em = app.orm.em.fork();
  const since = app.clock.now().getTime() - count;
  const vehicle = em.getReference(Vehicle, vehicleId);
  const made = Array.from({ length: count }, (_, index) => {
    const user = Object.assign(new User(), {
      userType: 'BUYER',
      email: `keeper-${vehicleId}-${index}@example.com`,
      passwordHash: '-',
    });
    const saved = SavedVehicle.of(user.id, vehicle.id, new Date(since + index));
    saved.user = Reference.create(user);
    em.persist([user, saved]);
    return user.id;
  });
  await em.flush();
  return made;
}
