import { ref } from '@mikro-orm/core';
import type { Composed } from '../src/app/compose.js';
import { vinCheckDigit } from '../src/kernel/vin.js';
import { User } from '../src/modules/accounts/index.js';
import { Dealer } from '../src/modules/dealers/index.js';
import { Negotiation, Offer } from '../src/modules/negotiations/index.js';
import { Vehicle } from '../src/modules/vehicles/index.js';

export interface Filled {
  buyerId: string;
  negotiationId: string;
}

const MAKES = ['Toyota', 'Honda', 'Ford', 'Mazda', 'Subaru'];

/** 50 dealers, 20,000 vehicles, and a thread of ten offers. Written as rows: what is measured is reading. */
export async function fill({ orm }: Composed): Promise<Filled> {
  const em = orm.em.fork();
  const people = Array.from({ length: 51 }, (_, i) => person(i));
  const dealers = people.slice(1).map((user, i) => dealership(user, i));
  await em.persist([...people, ...dealers]).flush();
  for (let at = 0; at < 20_000; at += 1_000) {
    const batch = orm.em.fork();
    const rows = Array.from({ length: 1_000 }, (_, i) =>
      vehicle(dealers[(at + i) % dealers.length] as Dealer, at + i),
    );
    await batch.persist(rows).flush();
  }
  const writer = orm.em.fork();
  const car = await writer.findOneOrFail(Vehicle, { vin: vinOf(0) });
  const buyer = people[0] as User;
  const now = new Date();
  const negotiation = Negotiation.between(car, buyer.id, now);
  const offers = Array.from({ length: 10 }, (_, i) => {
    const party = i % 2 === 0 ? ('BUYER' as const) : ('DEALER' as const);
    const offer = Offer.of(
      negotiation,
      {
        amount: 1_500_000 + i,
        askingPrice: car.askingPrice,
        party,
        message: null,
        expiresAt: new Date(now.getTime() + 1e8),
      },
      now,
    );
    if (i < 9) offer.answer('COUNTERED', 'USER', now);
    return offer;
  });
  await writer.persist([negotiation, ...offers]).flush();
  return { buyerId: buyer.id, negotiationId: negotiation.id };
}

export function person(i: number): User {
  const user = new User();
  user.email = `person-${i}@example.com`;
  user.passwordHash = '-';
  user.userType = i === 0 ? 'BUYER' : 'DEALER';
  user.firstName = 'Pat';
  user.lastName = `Person ${i}`;
  return user;
}

export function dealership(user: User, i: number): Dealer {
  const dealer = new Dealer();
  dealer.user = ref(user);
  dealer.businessName = `Dealership ${i}`;
  dealer.licenseNumber = `L-${i}`;
  dealer.city = 'Austin';
  dealer.state = 'TX';
  dealer.verificationStatus = 'VERIFIED';
  return dealer;
}

export function vehicle(dealer: Dealer, i: number): Vehicle {
  const car = new Vehicle();
  car.dealer = ref(dealer);
  car.vin = vinOf(i);
  car.make = MAKES[i % MAKES.length] as string;
  car.model = `Model ${i % 7}`;
  car.makeKey = car.make.toLowerCase();
  car.modelKey = car.model.toLowerCase();
  car.year = 2012 + (i % 14);
  car.mileage = (i * 37) % 120_000;
  car.askingPrice = 800_000 + ((i * 7_919) % 5_000_000);
  car.features = ['Heated seats', 'Navigation', 'Sunroof'];
  car.description = 'One owner, serviced on time, no accidents. '.repeat(8);
  car.status = 'ACTIVE';
  return car;
}

function vinOf(i: number): string {
  const open = `4T1BF1FK0MU${String(i).padStart(6, '0')}`;
  return `${open.slice(0, 8)}${vinCheckDigit(open)}${open.slice(9)}`;
}
