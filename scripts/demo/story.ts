import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { vinCheckDigit } from '../../src/kernel/vin.js';
import { send } from './api.js';
import type { Person } from './people.js';
import { dollars, narrate, type Party, printHeads } from './print.js';
import type { Screen } from './screen.js';

const CREATE_VEHICLE = `mutation ($input: CreateVehicleInput!) {
  createVehicle(input: $input) { vehicle { id vin year make model trim askingPrice } }
}`;
const START = `mutation ($input: StartNegotiationInput!) {
  startNegotiation(input: $input) { negotiation { id } event { sequence } }
}`;
const OFFER = `mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { event { sequence } } }`;
const ACCEPT = `mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { event { sequence } } }`;
const COMPLETE = `mutation ($input: CompleteSaleInput!) { completeSale(input: $input) { event { sequence } } }`;
const LAST_NOTIFICATION = `{ notifications(first: 1) { nodes { sequence } } }`;

interface Vehicle {
  id: string;
  vin: string;
  year: number;
  make: string;
  model: string;
  trim: string;
  askingPrice: string;
}

type ByParty<T> = Readonly<Record<'buyer' | 'dealer', T>>;

/** Plays the story and returns how many events the negotiation's log has. */
export async function negotiate(
  url: string,
  people: ByParty<Person>,
  screens: ByParty<Screen>,
  pace: number,
): Promise<number> {
  const { buyer, dealer } = screens;
  const vehicle = await list(url, people.dealer);
  const { year, make, model, trim, askingPrice } = vehicle;
  narrate(`for sale: ${year} ${make} ${model} ${trim}, asking ${dollars(askingPrice)}`);
  printHeads();

  const arrival = dealer.nextNegotiation(vehicle.id, await lastNotification(url, people.dealer));
  const negotiationId = await start(url, people.buyer, vehicle.id);
  buyer.follow(negotiationId);
  dealer.follow(await arrival);
  const act = actions(url, people, negotiationId);
  /** Both look at their screens, and think, before the next one acts. */
  const bothHave = async (sequence: number) => {
    await Promise.all([buyer.until(sequence), dealer.until(sequence)]);
    await sleep(pace);
    return sequence;
  };

  await bothHave(1);
  await bothHave(await act.offer('DEALER', '24200.00', 'Four new tires, one owner.'));

  dealer.loseConnection();
  for (const [party, amount, message] of WHILE_AWAY) {
    if (party === 'DEALER')
      narrate("the dealer answers from the office, by HTTP; the lot's screen is still dark");
    await buyer.until(await act.offer(party, amount, message));
    await sleep(pace);
  }
  dealer.regainConnection();
  await bothHave(2 + WHILE_AWAY.length);

  await bothHave(await act.offer('DEALER', '23000.00', 'My last word, with the winter mats.'));
  await bothHave(await act.accept('BUYER', buyer.standingOfferId));
  return bothHave(await act.complete('DEALER'));
}

const WHILE_AWAY: ReadonlyArray<[party: Party, amount: string, message: string]> = [
  ['BUYER', '22000.00', 'I could come on Saturday.'],
  ['DEALER', '23500.00', 'Saturday is fine.'],
  ['BUYER', '22600.00', 'Can we meet in the middle?'],
];

/** What people do, over HTTP; each resolves with the number that it has in the log. */
function actions(url: string, people: ByParty<Person>, negotiationId: string) {
  const act = async (party: Party, mutation: string, input: object) => {
    const { token } = party === 'BUYER' ? people.buyer : people.dealer;
    type Payload = Record<string, { event: { sequence: number } }>;
    const data = await send<Payload>(url, mutation, { input: { negotiationId, ...input } }, token);
    return (Object.values(data)[0] as Payload[string]).event.sequence;
  };
  return {
    offer: (party: Party, amount: string, message: string) => act(party, OFFER, { amount, message }),
    accept: (party: Party, offerId: string) => act(party, ACCEPT, { offerId }),
    complete: (party: Party) => act(party, COMPLETE, {}),
  };
}

async function list(url: string, dealer: Person): Promise<Vehicle> {
  const input = {
    vin: newVin(),
    make: 'Toyota',
    model: 'Camry',
    year: 2021,
    trim: 'XLE',
    mileage: 31_400,
    askingPrice: '24900.00',
    publish: true,
  };
  type Created = { createVehicle: { vehicle: Vehicle } };
  return (await send<Created>(url, CREATE_VEHICLE, { input }, dealer.token)).createVehicle.vehicle;
}

async function start(url: string, buyer: Person, vehicleId: string): Promise<string> {
  const input = { vehicleId, amount: '21000.00', message: 'Would you take this today?' };
  type Started = { startNegotiation: { negotiation: { id: string } } };
  return (await send<Started>(url, START, { input }, buyer.token)).startNegotiation.negotiation.id;
}

/** From where on an inbox brings news. */
async function lastNotification(url: string, person: Person): Promise<number> {
  type Inbox = { notifications: { nodes: Array<{ sequence: number }> } };
  const { notifications } = await send<Inbox>(url, LAST_NOTIFICATION, {}, person.token);
  return notifications.nodes[0]?.sequence ?? 0;
}

/** Of a million, so that the demo can be shown again and again on one server. */
function newVin(): string {
  const open = `4T1G11AK0MU${String(randomInt(1_000_000)).padStart(6, '0')}`;
  return open.slice(0, 8) + vinCheckDigit(open) + open.slice(9);
}
