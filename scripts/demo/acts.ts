import { randomInt } from 'node:crypto';
import { vinCheckDigit } from '../../src/kernel/vin.js';
import { send } from './api.js';
import type { Person } from './people.js';

export interface Vehicle {
  readonly id: string;
  readonly year: number;
  readonly make: string;
  readonly model: string;
  readonly trim: string;
  readonly askingPrice: string;
}

interface Logged {
  event: { sequence: number };
}

/** What people do, over HTTP. */
export class Acts {
  constructor(
    private readonly url: string,
    private readonly person: Person,
  ) {}

  /** Puts a car on the market, with rules that answer what is not worth an answer. */
  async list(): Promise<Vehicle> {
    const input = {
      vin: newVin(),
      make: 'Toyota',
      model: 'Camry',
      year: 2021,
      trim: 'XLE',
      mileage: 31_400,
      askingPrice: '24900.00',
      autoDeclineBelow: '18000.00',
      publish: true,
    };
    const { createVehicle } = await this.send<{ createVehicle: { vehicle: Vehicle } }>(
      'mutation ($input: CreateVehicleInput!) { createVehicle(input: $input) { vehicle { id year make model trim askingPrice } } }',
      { input },
    );
    return createVehicle.vehicle;
  }

  /** Looks at a car, as its page does, and saves it. Returns how many have. */
  async viewAndSave(id: string): Promise<number> {
    await this.send('query ($id: ID!) { vehicle(id: $id) { id } }', { id });
    const { saveVehicle } = await this.send<{ saveVehicle: { vehicle: { saveCount: number } } }>(
      'mutation ($id: ID!) { saveVehicle(input: { id: $id }) { vehicle { saveCount } } }',
      { id },
    );
    return saveVehicle.vehicle.saveCount;
  }

  /** Opens a negotiation; says how many offers the buyer has left. */
  async start(vehicleId: string, amount: string, message: string): Promise<{ id: string; left: number }> {
    type Started = { startNegotiation: { negotiation: { id: string; buyerOffersRemaining: number } } };
    const { startNegotiation } = await this.send<Started>(
      `mutation ($input: StartNegotiationInput!) {
        startNegotiation(input: $input) { negotiation { id buyerOffersRemaining } }
      }`,
      { input: { vehicleId, amount, message } },
    );
    const { id, buyerOffersRemaining: left } = startNegotiation.negotiation;
    return { id, left };
  }

  /** Returns how many buyers were invited. */
  async invite(vehicleId: string, amount: string, message: string): Promise<number> {
    type Invited = { inviteInterestedBuyers: { negotiations: unknown[] } };
    const { inviteInterestedBuyers } = await this.send<Invited>(
      `mutation ($input: InviteInterestedBuyersInput!) {
        inviteInterestedBuyers(input: $input) { negotiations { id } }
      }`,
      { input: { vehicleId, amount, message } },
    );
    return inviteInterestedBuyers.negotiations.length;
  }

  offer(negotiationId: string, amount: string, message: string): Promise<number> {
    return this.act('submitOffer', 'SubmitOfferInput', { negotiationId, amount, message });
  }

  write(negotiationId: string, body: string): Promise<number> {
    return this.act('sendMessage', 'SendMessageInput', { negotiationId, body });
  }

  accept(negotiationId: string, offerId: string): Promise<number> {
    return this.act('acceptOffer', 'AcceptOfferInput', { negotiationId, offerId });
  }

  complete(negotiationId: string): Promise<number> {
    return this.act('completeSale', 'CompleteSaleInput', { negotiationId });
  }

  giveUp(negotiationId: string, message: string): Promise<number> {
    const input = { negotiationId, reason: 'FINANCING_FAILED', message };
    return this.act('cancelSale', 'CancelSaleInput', input);
  }

  async type(negotiationId: string): Promise<void> {
    await this.send('mutation ($input: SetTypingInput!) { setTyping(input: $input) { success } }', {
      input: { negotiationId, typing: true },
    });
  }

  async read(negotiationId: string, sequence: number): Promise<void> {
    await this.send(
      'mutation ($input: MarkNegotiationReadInput!) { markNegotiationRead(input: $input) { negotiation { id } } }',
      { input: { negotiationId, sequence } },
    );
  }

  /** From where on the inbox brings news. */
  async lastNotification(): Promise<number> {
    type Inbox = { notifications: { nodes: Array<{ sequence: number }> } };
    const { notifications } = await this.send<Inbox>(
      '{ notifications(first: 1) { nodes { sequence } } }',
      {},
    );
    return notifications.nodes[0]?.sequence ?? 0;
  }

  /** Resolves with the number that it has in the log. */
  private async act(mutation: string, inputType: string, input: object): Promise<number> {
    const query = `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { event { sequence } } }`;
    const data = await this.send<Record<string, Logged>>(query, { input });
    return (data[mutation] as Logged).event.sequence;
  }

  private send<Data>(query: string, variables: object): Promise<Data> {
    return send<Data>(this.url, query, variables, this.person.token);
  }
}

/** Of a million, so that the demo can be shown again and again on one server. */
function newVin(): string {
  const open = `4T1G11AK0MU${String(randomInt(1_000_000)).padStart(6, '0')}`;
  return open.slice(0, 8) + vinCheckDigit(open) + open.slice(9);
}
