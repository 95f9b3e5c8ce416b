import { beforeAll } from 'vitest';
import { NegotiationByIdDocument } from '../../generated/operations.js';
import { type ApiResponse, type DatabaseKind, type TestApp, useApp } from '../../support/app.js';
import type { BuiltNegotiation, DealerPerson, Person } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { type Moved, type Mutation, move, sweep } from '../../support/moves.js';

/** What a refused operation says, the figures beside its code included. */
export type Refusal = { code: string; message: string; statusCode: number; [detail: string]: unknown };

/** The people of a test file, who bargain about a new vehicle in each test. */
export class Scene {
  dealer!: DealerPerson;
  buyer!: Person;
  rival!: Person;

  constructor(readonly app: TestApp) {}

  async enter(): Promise<void> {
    this.dealer = await this.app.build.dealer();
    [this.buyer, this.rival] = await Promise.all([this.app.build.buyer(), this.app.build.buyer()]);
  }

  vehicle(overrides: Record<string, unknown> = {}) {
    return this.app.build.vehicle(this.dealer, overrides);
  }

  /** The buyer's first offer, 15,000 of 20,000: the dealer has to answer. */
  async open(overrides: Parameters<TestApp['build']['negotiation']>[0] = {}): Promise<BuiltNegotiation> {
    return this.app.build.negotiation({ vehicle: await this.vehicle(), buyer: this.buyer, ...overrides });
  }

  /** A move that must succeed. */
  async done(who: Person, mutation: Mutation, input: Record<string, unknown>) {
    const moved = await move(this.app, who, mutation, input);
    if (moved.code !== 'OK') throw new Error(`${mutation} was refused: ${moved.code}`);
    return moved as Required<Moved>;
  }

  /** Puts another offer in answer to the standing one. */
  counter(who: Person, { id }: { id: string }, amount: string) {
    return this.done(who, 'submitOffer', { negotiationId: id, amount });
  }

  accept(who: Person, { id, offerId }: { id: string; offerId: string }) {
    return this.done(who, 'acceptOffer', { negotiationId: id, offerId });
  }

  /** A negotiation with its offers and its log, as one of its parties reads it. */
  async read({ id }: { id: string }, who: Person = this.dealer) {
    const { negotiation } = await this.app.ok(NegotiationByIdDocument, { id }, who);
    if (!negotiation) throw new Error(`No negotiation ${id}`);
    return negotiation;
  }

  /** Does what must be refused, and proves that nothing that is stored has changed. */
  async refused(work: () => Promise<ApiResponse<unknown>>): Promise<Refusal> {
    const before = JSON.stringify(await ledgerOf(this.app));
    const response = await work();
    const { message, code, statusCode } = this.app.errorOf(response);
    if (JSON.stringify(await ledgerOf(this.app)) !== before) throw new Error('The refusal changed something');
    return { ...response.errors?.[0]?.extensions, message, code, statusCode };
  }

  sweep() {
    return sweep(this.app);
  }

  /** The moment, as the API writes it, so many milliseconds from now. */
  at(ms = 0): string {
    return new Date(this.app.clock.now().getTime() + ms).toISOString();
  }
}

/** Days pass in these tests: their tokens last, for signing in again is another test's matter. */
export function useScene(kind: DatabaseKind): Scene {
  const scene = new Scene(useApp(kind, { config: { accessTokenTtlMs: 36_500 * DAY } }));
  beforeAll(() => scene.enter());
  return scene;
}

/** Ids that name nothing. */
export const unknownIds = ['01890000-0000-7000-8000-000000000000', 'nonsense', '', 'a\u0000'];

/** Words that cannot be stored. */
export const badMessages: Array<[what: string, message: string]> = [
  ['NUL', 'a\u0000b'],
  ['a lone surrogate', 'a\ud800b'],
  ['2,001 characters', 'x'.repeat(2_001)],
];
