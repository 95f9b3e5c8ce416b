import { expect } from 'vitest';
import type { TestApp } from '../support/app.js';
import type { DealerPerson, Person } from '../support/builders.js';
import { type Ledger, ledgerOf } from '../support/ledger.js';
import { type Moved, type Mutation, move, moveVehicle } from '../support/moves.js';
import { expectSound } from '../support/replay.js';
import type { Actor, MarketModel, ModelNegotiation } from './market.model.js';

/** People and vehicles on the real server, and what it had stored after the last action. */
export class RealMarket {
  private last: Ledger | null = null;

  constructor(
    readonly app: TestApp,
    readonly buyers: readonly Person[],
    readonly dealer: DealerPerson,
    readonly vehicleIds: readonly string[],
    /** How often which mutation had which outcome: a run that only meets refusals proves nothing. */
    readonly seen: Map<string, number>,
  ) {}

  person(actor: Actor): Person {
    return actor === 'DEALER' ? this.dealer : (this.buyers[actor] as Person);
  }

  async move(actor: Actor, mutation: Mutation, input: Record<string, unknown>): Promise<Moved> {
    const moved = await move(this.app, this.person(actor), mutation, input);
    this.note(mutation, moved.code);
    return moved;
  }

  async moveVehicle(mutation: Parameters<typeof moveVehicle>[2], input: Record<string, unknown>) {
    const code = await moveVehicle(this.app, this.dealer, mutation, input);
    this.note(mutation, code);
    return code;
  }

  async save(buyer: number, mutation: 'saveVehicle' | 'unsaveVehicle', at: number): Promise<string> {
    const document = `mutation ($id: ID!) { ${mutation}(input: { id: $id }) { vehicle { id } } }`;
    const response = await this.app.request(document, { id: this.vehicleIds[at] }, this.person(buyer));
    const code = response.errors ? this.app.errorOf(response).code : 'OK';
    this.note(mutation, code);
    return code;
  }

  /** The negotiations that it opened, by the buyers' numbers. */
  async invite(at: number, amount: string): Promise<{ code: string; opened: Map<number, Moved> }> {
    const document = `mutation ($input: InviteInterestedBuyersInput!) {
      inviteInterestedBuyers(input: $input) { negotiations { id buyer { id } currentOffer { id } } }
    }`;
    type Opened = Array<{ id: string; buyer: { id: string }; currentOffer: { id: string } }>;
    const response = await this.app.request<{ inviteInterestedBuyers: { negotiations: Opened } }, object>(
      document,
      { input: { vehicleId: this.vehicleIds[at], amount } },
      this.dealer,
    );
    const code = response.errors ? this.app.errorOf(response).code : 'OK';
    this.note('inviteInterestedBuyers', code);
    const opened = response.data?.inviteInterestedBuyers.negotiations ?? [];
    return {
      code,
      opened: new Map(
        opened.map(({ id, buyer, currentOffer }) => [
          this.buyers.findIndex((person) => person.id === buyer.id),
          { code, negotiationId: id, offerId: currentOffer.id },
        ]),
      ),
    };
  }

  async markRead(actor: Actor, negotiationId: string, sequence: number): Promise<string> {
    const document = `mutation ($input: MarkNegotiationReadInput!) {
      markNegotiationRead(input: $input) { negotiation { id } }
    }`;
    const response = await this.app.request(
      document,
      { input: { negotiationId, sequence } },
      this.person(actor),
    );
    const code = response.errors ? this.app.errorOf(response).code : 'OK';
    this.note('markNegotiationRead', code);
    return code;
  }

  /** After each action: all that is stored is sound, is what the model says, and is untouched where it was refused. */
  async verify(model: MarketModel, { changed }: { changed: boolean }): Promise<void> {
    const ledger = await ledgerOf(this.app, this.vehicleIds);
    if (!changed && this.last) expect(ledger).toEqual(this.last);
    this.last = ledger;
    expectSound(ledger);
    expect(ledger.vehicles).toEqual(
      model.vehicles.map((vehicle, i) => ({ id: this.vehicleIds[i], ...vehicle })),
    );
    expect(ledger.negotiations).toHaveLength(model.negotiations.length);
    for (const negotiation of model.negotiations) this.verifyOne(ledger, negotiation, model);
    const told = new Map(ledger.notifications.map(({ userId, head }) => [userId, head]));
    for (const [actor, count] of model.told) expect(told.get(this.person(actor).id)).toBe(count);
    expect(told.size).toBe(model.told.size);
  }

  private verifyOne(ledger: Ledger, negotiation: ModelNegotiation, model: MarketModel): void {
    const { id, buyer, vehicle: _, offers, displacedBy, forgiven, log, read, ...state } = negotiation;
    const stored = ledger.negotiations.find((row) => row.id === id);
    expect(stored).toMatchObject({
      ...state,
      buyerId: this.person(buyer).id,
      displacedBy: displacedBy?.id ?? null,
      offersForgiven: forgiven,
      buyerReadSequence: read.BUYER,
      dealerReadSequence: read.DEALER,
      buyerUnread: model.unread(negotiation, 'BUYER'),
      dealerUnread: model.unread(negotiation, 'DEALER'),
    });
    const storedLog = ledger.events.filter((row) => row.negotiationId === id);
    expect(storedLog.map(({ party }) => party)).toEqual(log);
    const storedOffers = ledger.offers.filter((row) => row.negotiationId === id);
    expect(storedOffers.map(({ id, amount, party, status }) => ({ id, amount, party, status }))).toEqual(
      offers,
    );
  }

  private note(mutation: string, code: string): void {
    const outcome = `${mutation} ${code}`;
    this.seen.set(outcome, (this.seen.get(outcome) ?? 0) + 1);
  }
}
