import { ref } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { User } from '../modules/accounts/index.js';
import { Dealer } from '../modules/dealers/index.js';
import { pick, type Rng, uniform } from './rng.js';

/**
 * Cities of the United States: state, degrees north and east of their middle, rounded to a hundredth (U.S. Census Bureau,
 * Gazetteer Files, places).
 */
const CITIES: ReadonlyArray<readonly [city: string, state: string, latitude: number, longitude: number]> = [
  ['New York', 'NY', 40.66, -73.94],
  ['Los Angeles', 'CA', 34.02, -118.41],
  ['Chicago', 'IL', 41.84, -87.68],
  ['Houston', 'TX', 29.79, -95.39],
  ['Phoenix', 'AZ', 33.57, -112.09],
  ['Philadelphia', 'PA', 40.01, -75.13],
  ['San Antonio', 'TX', 29.47, -98.52],
  ['San Diego', 'CA', 32.82, -117.13],
  ['Dallas', 'TX', 32.79, -96.77],
  ['Jacksonville', 'FL', 30.34, -81.66],
  ['San Francisco', 'CA', 37.73, -123.03],
  ['Seattle', 'WA', 47.62, -122.35],
  ['Denver', 'CO', 39.76, -104.88],
  ['Nashville', 'TN', 36.17, -86.78],
  ['Oklahoma City', 'OK', 35.47, -97.51],
  ['Boston', 'MA', 42.34, -71.02],
  ['Portland', 'OR', 45.54, -122.65],
  ['Las Vegas', 'NV', 36.23, -115.26],
  ['Detroit', 'MI', 42.38, -83.1],
  ['Memphis', 'TN', 35.1, -89.98],
  ['Louisville', 'KY', 38.17, -85.65],
  ['Milwaukee', 'WI', 43.06, -87.97],
  ['Albuquerque', 'NM', 35.11, -106.65],
  ['Kansas City', 'MO', 39.13, -94.55],
  ['Atlanta', 'GA', 33.76, -84.42],
  ['Omaha', 'NE', 41.26, -96.05],
  ['Miami', 'FL', 25.78, -80.21],
  ['Minneapolis', 'MN', 44.96, -93.27],
  ['New Orleans', 'LA', 30.05, -89.93],
  ['Anchorage', 'AK', 61.17, -149.28],
];
const FIRST_WORDS = [
  'Lakeside',
  'Summit',
  'Old Mill',
  'Crossroads',
  'Riverside',
  'Northgate',
  'Harbor',
  'Prairie',
];
const LAST_WORDS = ['Motors', 'Auto', 'Cars', 'Auto Sales', 'Automotive'];

/**
 * Adds verified dealerships with accounts `dealer-1@example.com` and on, until there are `count` of them, all with the
 * password of the demo. Those that are there stay.
 */
export async function addDealers(em: SqlEntityManager, count: number, rng: Rng, now: Date): Promise<void> {
  const { rows } = await sql<{ password_hash: string; known: number | string }>`
    select (select password_hash from users where email = 'dealer@example.com') as password_hash,
      (select count(*) from users where email like 'dealer-%@example.com') as known`.execute(em.getKysely());
  const known = Number(rows[0]?.known);
  const passwordHash = rows[0]?.password_hash as string;
  const people: User[] = [];
  const dealers: Dealer[] = [];
  for (let number = known + 1; number <= count; number++) {
    const user = new User();
    Object.assign(user, { email: `dealer-${number}@example.com`, passwordHash, userType: 'DEALER' });
    Object.assign(user, { firstName: 'Sam', lastName: `Dealer ${number}`, createdAt: now, updatedAt: now });
    people.push(user);
    dealers.push(dealership(user, number, rng, now));
  }
  if (people.length === 0) return;
  await em.insertMany(User, people);
  await em.insertMany(Dealer, dealers);
}

function dealership(user: User, number: number, rng: Rng, now: Date): Dealer {
  const [city, state, latitude, longitude] = pick(rng, CITIES);
  const dealer = Dealer.register(
    ref(user),
    `${state}-${String(number).padStart(6, '0')}`,
    {
      businessName: `${pick(rng, FIRST_WORDS)} ${pick(rng, LAST_WORDS)} ${number}`,
      description: null,
      phone: `(555) 555-01${String(number % 100).padStart(2, '0')}`,
      website: null,
      address: null,
      city,
      state,
      postalCode: null,
      // Within some 20 miles of the middle.
      latitude: latitude + uniform(rng, -0.25, 0.25),
      longitude: longitude + uniform(rng, -0.25, 0.25),
    },
    now,
  );
  dealer.submit(null, now);
  dealer.verify(now);
  return dealer;
}
