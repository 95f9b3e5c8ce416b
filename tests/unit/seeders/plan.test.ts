import { describe, expect, it } from 'vitest';
import { vinFault } from '../../../src/kernel/vin.js';
import { MODELS } from '../../../src/seeders/catalogue.js';
import { type DemoPlan, demoTimeline, planDemo } from '../../../src/seeders/plan.js';
import type { PlannedNegotiation } from '../../../src/seeders/plan-negotiations.js';
import { type PlannedVehicle, planVehicles } from '../../../src/seeders/plan-vehicles.js';
import { seededRng } from '../../../src/seeders/rng.js';

const HOUR = 60;
const DAY = 24 * HOUR;
const plan = planDemo();
const { vehicles, negotiations } = plan;

/** The rules of negotiations once more, written from the design alone, on the one clock that all of them share. */
class Market {
  readonly broken: string[] = [];
  readonly ended: (string | null)[];
  private readonly states: State[];
  private readonly held = new Map<number, number>();
  private readonly gone = new Set<number>();
  private readonly spent = new Map<string, number[]>();
  private now = 0;

  constructor(private readonly plan: DemoPlan) {
    this.states = plan.negotiations.map(() => ({
      status: null,
      turn: 'DEALER',
      expiresAt: 0,
      bids: [],
      counters: [],
    }));
    this.ended = [];
    for (const entry of demoTimeline(plan)) {
      this.now = -entry.minutesAgo;
      if (entry.kind === 'ARCHIVE') this.archive(entry.vehicleIndex);
      if (entry.kind === 'STEP') this.step(entry.negotiationIndex, entry.stepIndex);
    }
    this.now = 0;
    this.ended = this.states.map(({ status }) => status);
    this.states.forEach((state, index) => {
      if (state.status === 'ACTIVE' || state.status === 'ACCEPTED') {
        this.check(state.expiresAt > 0, index, 'is still open, but its time is up');
      }
    });
  }

  waitsFor(index: number): string | null {
    const { status, turn } = this.states[index]!;
    return status === 'ACTIVE' ? turn : null;
  }

  private check(holds: boolean, index: number, complaint: string): void {
    if (!holds) this.broken.push(`negotiation ${index} ${complaint}, ${-this.now} minutes ago`);
  }

  private archive(vehicleIndex: number): void {
    if (this.held.has(vehicleIndex))
      this.broken.push(`vehicle ${vehicleIndex} is archived while it is held or sold`);
    this.gone.add(vehicleIndex);
    this.closeOthers(vehicleIndex, -1);
  }

  private closeOthers(vehicleIndex: number, winner: number): void {
    this.states.forEach((state, index) => {
      if (index === winner || this.plan.negotiations[index]!.vehicleIndex !== vehicleIndex) return;
      if (state.status !== 'ACTIVE') return;
      this.check(state.expiresAt > this.now, index, 'lapsed before it could be closed');
      state.status = 'CLOSED';
    });
  }

  private offer(index: number, actor: 'BUYER' | 'DEALER', amount: number | undefined): void {
    const state = this.states[index]!;
    const { vehicleIndex, buyerIndex } = this.plan.negotiations[index]!;
    const asking = this.plan.vehicles[vehicleIndex]!.askingPriceCents;
    if (amount === undefined || !Number.isSafeInteger(amount)) {
      this.broken.push(`negotiation ${index} offers ${amount}`);
      return;
    }
    const ceiling = state.counters.at(-1);
    if (actor === 'BUYER') {
      const key = `${vehicleIndex}/${buyerIndex}`;
      const spent = this.spent.get(key) ?? [];
      this.check(spent.length < 5, index, 'spends a sixth offer');
      this.check(amount > (spent.at(-1) ?? 0), index, 'does not rise above its last offer');
      this.check(amount >= asking / 2 && amount <= asking, index, 'offers less than half or more than asked');
      if (ceiling !== undefined) this.check(amount < ceiling, index, 'does not stay below the counter-offer');
      this.spent.set(key, [...spent, amount]);
      state.bids.push(amount);
    } else {
      this.check(amount <= asking, index, 'counters above the asking price');
      this.check(amount > state.bids.at(-1)!, index, 'counters at or below the standing offer');
      if (ceiling !== undefined) this.check(amount < ceiling, index, 'does not come down');
      state.counters.push(amount);
    }
    state.turn = actor === 'BUYER' ? 'DEALER' : 'BUYER';
    state.expiresAt = this.now + 48 * HOUR;
  }

  private start(index: number): void {
    const { vehicleIndex, buyerIndex } = this.plan.negotiations[index]!;
    const vehicle = this.plan.vehicles[vehicleIndex]!;
    const free = vehicle.status === 'ACTIVE' && -this.now < vehicle.listedMinutesAgo;
    this.check(
      free && !this.held.has(vehicleIndex) && !this.gone.has(vehicleIndex),
      index,
      'wants a vehicle not on sale',
    );
    const twin = this.plan.negotiations.some(
      (other, at) =>
        other.vehicleIndex === vehicleIndex &&
        other.buyerIndex === buyerIndex &&
        this.states[at]!.status === 'ACTIVE',
    );
    this.check(!twin, index, 'starts a second time');
    this.states[index]!.status = 'ACTIVE';
  }

  private step(index: number, stepIndex: number): void {
    const { steps, vehicleIndex } = this.plan.negotiations[index]!;
    const { actor, action, amountCents } = steps[stepIndex]!;
    const state = this.states[index]!;
    if (action === 'START') {
      this.check(stepIndex === 0 && actor === 'BUYER', index, 'is started late or by the dealer');
      this.start(index);
      this.offer(index, 'BUYER', amountCents);
      return;
    }
    const agreed = ['COMPLETE', 'CANCEL_SALE', 'LAPSE_HOLD'].includes(action);
    this.check(
      state.status === (agreed ? 'ACCEPTED' : 'ACTIVE'),
      index,
      `does ${action} while ${state.status}`,
    );
    const outlives = action === 'LAPSE' || action === 'LAPSE_HOLD';
    this.check(
      this.now >= state.expiresAt === outlives,
      index,
      `does ${action} on the wrong side of its expiry`,
    );
    if (!agreed && action !== 'CANCEL') this.check(actor === state.turn, index, `does ${action} out of turn`);
    if (action === 'OFFER') this.offer(index, actor, amountCents);
    else this.check(amountCents === undefined, index, `names an amount with ${action}`);
    if (action === 'ACCEPT') {
      this.check(!this.held.has(vehicleIndex), index, 'accepts on a vehicle that is held or sold');
      this.held.set(vehicleIndex, index);
      this.closeOthers(vehicleIndex, index);
      state.status = 'ACCEPTED';
      state.expiresAt = this.now + 7 * DAY;
    }
    if (action === 'REJECT') this.check(actor === 'DEALER', index, 'is rejected by the buyer');
    if (action === 'CANCEL') this.check(actor === 'BUYER', index, 'is cancelled by the dealer');
    if (action === 'COMPLETE') this.check(actor === 'DEALER', index, 'is completed by the buyer');
    if (action === 'CANCEL_SALE' || action === 'LAPSE_HOLD') this.held.delete(vehicleIndex);
    state.status = AFTER[action] ?? state.status;
  }
}

interface State {
  status: string | null;
  turn: 'BUYER' | 'DEALER';
  expiresAt: number;
  bids: number[];
  counters: number[];
}

const AFTER: Record<string, string> = {
  REJECT: 'REJECTED',
  CANCEL: 'CANCELLED',
  LAPSE: 'EXPIRED',
  COMPLETE: 'COMPLETED',
  CANCEL_SALE: 'FELL_THROUGH',
  LAPSE_HOLD: 'FELL_THROUGH',
};

const vehicleOf = ({ vehicleIndex }: PlannedNegotiation): PlannedVehicle => vehicles[vehicleIndex]!;
const market = new Market(plan);

describe('the catalogue', () => {
  it('has 18 makes or more, each model with years and prices that make sense', () => {
    expect(new Set(MODELS.map(({ make }) => make)).size).toBeGreaterThanOrEqual(18);
    for (const { model, firstYear, lastYear, wmi, trims } of MODELS) {
      expect(wmi, model).toMatch(/^[A-HJ-NPR-Z0-9]{3}$/);
      expect(firstYear, model).toBeLessThanOrEqual(lastYear);
      expect(trims.length, model).toBeGreaterThan(0);
      const prices = trims.map(({ msrpDollars }) => msrpDollars);
      expect(prices, `${model}: plain to best`).toEqual([...prices].sort((one, other) => one - other));
    }
  });
});

describe('planDemo', () => {
  it('gives the same plan each time', () => {
    expect(planDemo()).toEqual(plan);
  });

  it('plans the numbers asked for', () => {
    expect(plan.dealers).toHaveLength(8);
    expect(vehicles).toHaveLength(300);
    expect(plan.buyers).toHaveLength(20);
    expect(negotiations).toHaveLength(60);
    const small = planDemo({ dealers: 2, vehicles: 60, buyers: 5, negotiations: 20 });
    expect(
      [small.dealers, small.vehicles, small.buyers, small.negotiations].map((list) => list.length),
    ).toEqual([2, 60, 5, 20]);
    expect(new Market(small).broken).toEqual([]);
  });

  it('says so when there are too few people or vehicles', () => {
    expect(() => planDemo({ buyers: 4 })).toThrow(RangeError);
    expect(() => planDemo({ dealers: 9 })).toThrow(RangeError);
    expect(() => planDemo({ vehicles: 10 })).toThrow('Too few vehicles');
  });

  it('puts the people whose addresses are promised first, and no address twice', () => {
    expect([plan.dealers[0]?.email, plan.buyers[0]?.email, plan.admin.email]).toEqual([
      'dealer@example.com',
      'buyer@example.com',
      'admin@example.com',
    ]);
    const people = [...plan.dealers, ...plan.buyers];
    expect(new Set(people.map(({ email }) => email)).size).toBe(28);
    expect(new Set(people.map(({ phone }) => phone)).size).toBe(28);
    for (const { phone } of people) expect(phone).toMatch(/^\(\d{3}\) 555-01\d\d$/);
    for (const { website } of plan.dealers) expect(website).toMatch(/^https:\/\/[a-z]+\.example\.com$/);
  });

  it('shows the demo buyer and the demo dealer each side of an open negotiation, a sale and a dead end', () => {
    const own = negotiations.flatMap((negotiation, index) => (negotiation.buyerIndex === 0 ? [index] : []));
    const withDealer0 = own.filter((index) => vehicleOf(negotiations[index]!).dealerIndex === 0);
    expect(withDealer0.map((index) => market.waitsFor(index))).toEqual(
      expect.arrayContaining(['BUYER', 'DEALER']),
    );
    const ends = own.map((index) => negotiations[index]!.ends);
    expect(ends).toEqual(expect.arrayContaining(['COMPLETED', 'EXPIRED', 'REJECTED']));
  });
});

describe('the vehicles', () => {
  it('have right VINs, each its own, and stock numbers too', () => {
    for (const { vin } of vehicles) expect(vinFault(vin), vin).toBeNull();
    expect(new Set(vehicles.map(({ vin }) => vin)).size).toBe(vehicles.length);
    expect(new Set(vehicles.map(({ stockNumber }) => stockNumber)).size).toBe(vehicles.length);
  });

  it('carry their maker and model year in the VIN', () => {
    // 49 CFR 565.15(d)(1), spelled out.
    const codes: Record<number, string> = {
      ...{ 2012: 'C', 2013: 'D', 2014: 'E', 2015: 'F', 2016: 'G', 2017: 'H', 2018: 'J', 2019: 'K' },
      ...{ 2020: 'L', 2021: 'M', 2022: 'N', 2023: 'P', 2024: 'R', 2025: 'S', 2026: 'T' },
    };
    for (const { vin, year, make, model, trim } of vehicles) {
      expect(vin[9], vin).toBe(codes[year]);
      expect(vin[6], `${vin}: a letter in position 7 means 2010 or later`).toMatch(/[A-Z]/);
      const row = MODELS.find(
        (each) =>
          each.make === make &&
          each.model === model &&
          each.firstYear <= year &&
          each.lastYear >= year &&
          each.wmi === vin.slice(0, 3) &&
          each.trims.some(({ name }) => name === trim),
      );
      expect(row, `${year} ${make} ${model} ${trim}`).toBeDefined();
    }
  });

  it('have mileages and prices that fit their age', () => {
    for (const { condition, mileage, year, askingPriceCents, msrpCents, vin } of vehicles) {
      const age = 2026 - year;
      if (condition === 'NEW') expect(mileage, vin).toBeLessThan(100);
      else {
        expect(mileage, vin).toBeGreaterThan(age * 4_000);
        expect(mileage, vin).toBeLessThan((age + 1) * 15_000);
        expect(askingPriceCents, vin).toBeLessThan(msrpCents);
      }
      if (condition === 'CERTIFIED') expect(age, vin).toBeLessThanOrEqual(6);
      expect(askingPriceCents % 500, vin).toBe(0);
      expect(askingPriceCents, vin).toBeGreaterThan(400_000);
    }
  });

  it('are described in two to four sentences without a gap', () => {
    for (const { description } of vehicles) {
      expect(description).not.toMatch(/[{}]|undefined/);
      const sentences = description.split(/(?<=\.) /).length;
      expect(sentences, description).toBeGreaterThanOrEqual(2);
      expect(sentences, description).toBeLessThanOrEqual(4);
    }
  });

  it('are mostly on sale, with some drafts and a few archived', () => {
    const drafts = vehicles.filter(({ status }) => status === 'DRAFT').length;
    const archived = vehicles.filter(({ archivedMinutesAgo }) => archivedMinutesAgo !== null).length;
    expect(drafts).toBeGreaterThan(5);
    expect(archived).toBeGreaterThan(3);
    expect(drafts + archived).toBeLessThan(60);
  });

  it('stand at every dealer, 40 or more at the first', () => {
    const counts = plan.dealers.map(
      (_, index) => vehicles.filter(({ dealerIndex }) => dealerIndex === index).length,
    );
    expect(counts[0]).toBeGreaterThanOrEqual(40);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(20);
  });

  it('stay unique a hundred thousand times', () => {
    const vins = new Set<string>();
    const faults = new Set<string | null>();
    for (const { vin } of planVehicles(100_000, seededRng(7))) {
      vins.add(vin);
      faults.add(vinFault(vin));
    }
    expect(vins.size).toBe(100_000);
    expect([...faults]).toEqual([null]);
  });
});

describe('the negotiations', () => {
  it('keep every rule of turns, bounds and clocks when replayed together', () => {
    expect(market.broken).toEqual([]);
  });

  it('end as they say', () => {
    expect(market.ended).toEqual(negotiations.map(({ ends }) => ends));
  });

  it('show each status several times', () => {
    const counts: Record<string, number> = {};
    for (const { ends } of negotiations) counts[ends] = (counts[ends] ?? 0) + 1;
    const statuses = [
      'ACCEPTED',
      'ACTIVE',
      'CANCELLED',
      'CLOSED',
      'COMPLETED',
      'EXPIRED',
      'FELL_THROUGH',
      'REJECTED',
    ];
    expect(Object.keys(counts).sort()).toEqual(statuses);
    expect(Math.min(...Object.values(counts))).toBeGreaterThanOrEqual(3);
    const waiting = negotiations.map((_, index) => market.waitsFor(index));
    for (const party of ['BUYER', 'DEALER']) {
      expect(waiting.filter((each) => each === party).length, party).toBeGreaterThanOrEqual(5);
    }
  });

  it('sell or hold no vehicle twice', () => {
    const taken = negotiations.filter(({ ends }) => ends === 'ACCEPTED' || ends === 'COMPLETED');
    expect(new Set(taken.map(({ vehicleIndex }) => vehicleIndex)).size).toBe(taken.length);
  });

  it('have several vehicles with two to four buyers, and archiving closes some too', () => {
    const buyersOf = Map.groupBy(negotiations, ({ vehicleIndex }) => vehicleIndex);
    const sizes = [...buyersOf.values()].map(
      (list) => new Set(list.map(({ buyerIndex }) => buyerIndex)).size,
    );
    expect(sizes.filter((size) => size >= 2).length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...sizes)).toBe(4);
    const closed = negotiations.filter(({ ends }) => ends === 'CLOSED').map(vehicleOf);
    expect(closed.some(({ archivedMinutesAgo }) => archivedMinutesAgo !== null)).toBe(true);
    expect(closed.some(({ archivedMinutesAgo }) => archivedMinutesAgo === null)).toBe(true);
  });

  it('began within the last 20 days, with open ones fresh for another day', () => {
    for (const { startedMinutesAgo, steps, ends } of negotiations) {
      expect(startedMinutesAgo).toBeLessThanOrEqual(20 * DAY);
      const last = startedMinutesAgo - steps.reduce((sum, { minutesLater }) => sum + minutesLater, 0);
      expect(last).toBeGreaterThan(0);
      if (ends === 'ACTIVE') expect(last).toBeLessThan(24 * HOUR);
    }
  });

  it('write where the contract takes a message, and give a reason for each refusal', () => {
    for (const { action, message, reason } of negotiations.flatMap(({ steps }) => steps)) {
      if (['ACCEPT', 'COMPLETE', 'LAPSE', 'LAPSE_HOLD'].includes(action)) expect(message).toBeUndefined();
      expect(reason !== undefined, action).toBe(['REJECT', 'CANCEL', 'CANCEL_SALE'].includes(action));
    }
  });
});

describe('the price drops', () => {
  const dropped = vehicles.flatMap((vehicle, index) =>
    vehicle.priceDrop ? [{ ...vehicle, index, priceDrop: vehicle.priceDrop }] : [],
  );

  it('are about every fourth listing, by 2 to 4 %', () => {
    const listed = vehicles.filter(({ status }) => status === 'ACTIVE').length;
    expect(dropped.length).toBeGreaterThan(listed * 0.2);
    expect(dropped.length).toBeLessThanOrEqual(Math.ceil(listed / 4));
    for (const { priceDrop, askingPriceCents, vin } of dropped) {
      const share = 1 - askingPriceCents / priceDrop.fromCents;
      expect(share, vin).toBeGreaterThan(0.02);
      expect(share, vin).toBeLessThan(0.04);
      expect(priceDrop.fromCents % 500, vin).toBe(0);
    }
  });

  it('come after the listing, and before anybody haggles about it or it leaves the market', () => {
    for (const { index, priceDrop, listedMinutesAgo, archivedMinutesAgo, vin } of dropped) {
      expect(priceDrop.minutesAgo, vin).toBeLessThan(listedMinutesAgo);
      expect(priceDrop.minutesAgo, vin).toBeGreaterThan(archivedMinutesAgo ?? 0);
      for (const { vehicleIndex, startedMinutesAgo } of negotiations) {
        if (vehicleIndex === index) expect(priceDrop.minutesAgo, vin).toBeGreaterThan(startedMinutesAgo);
      }
    }
  });
});

describe('demoTimeline', () => {
  it('holds everything once, oldest first', () => {
    const timeline = demoTimeline(plan);
    const count = (kind: string) => timeline.filter((entry) => entry.kind === kind).length;
    const archived = vehicles.filter(({ archivedMinutesAgo }) => archivedMinutesAgo !== null);
    expect(count('LIST')).toBe(vehicles.length);
    expect(count('REPRICE')).toBe(vehicles.filter(({ priceDrop }) => priceDrop !== null).length);
    expect(count('ARCHIVE')).toBe(archived.length);
    expect(count('STEP')).toBe(negotiations.reduce((sum, negotiation) => sum + negotiation.steps.length, 0));
    expect(new Set(timeline.map((entry) => JSON.stringify(entry))).size).toBe(timeline.length);
    const times = timeline.map(({ minutesAgo }) => minutesAgo);
    expect(times).toEqual([...times].sort((one, other) => other - one));
  });
});

describe('a later batch of vehicles', () => {
  it('shares no serial number with the one that it counts on from', () => {
    const later = [...planVehicles(300, seededRng(8), { first: 300 })];
    const serials = [...vehicles, ...later].map(({ vin }) => vin.slice(-6));
    expect(new Set(serials).size).toBe(600);
  });
});
