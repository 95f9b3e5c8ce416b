import { LRUCache } from 'lru-cache';
import { partKey } from '../../../kernel/context.js';
import { type Day, dayOf } from '../../../kernel/days.js';
import type { Clock } from '../../../kernel/ports.js';

export const viewCounterPart = partKey<ViewCounter>('vehicles.views');

/** A viewer counts once in this time, for each vehicle. */
const ONCE_IN_MS = 60 * 60_000;

/** How many views of the last hour are remembered: some 30 MB. The oldest are forgotten first, and may count again. */
const MAX_REMEMBERED = 100_000;

/** Vehicles, by day, whose views are still to be stored. Past it new ones are lost: a database is away for long. */
const MAX_WAITING = 50_000;

export interface ViewCount {
  readonly vehicleId: string;
  readonly day: Day;
  readonly count: number;
}

export interface ViewCounterLimits {
  readonly maxRemembered?: number;
  readonly maxWaiting?: number;
}

/** Counts who looks at what in this process's memory; now and then somebody takes the counts away and stores them. */
export class ViewCounter {
  private readonly seen: LRUCache<string, number>;
  private readonly maxWaiting: number;
  private waiting = new Map<string, ViewCount>();

  constructor(
    private readonly clock: Clock,
    { maxRemembered = MAX_REMEMBERED, maxWaiting = MAX_WAITING }: ViewCounterLimits = {},
  ) {
    // By size rather than by number: for a number it would make room at once for as many as there may ever be.
    this.seen = new LRUCache({ maxSize: maxRemembered, sizeCalculation: () => 1 });
    this.maxWaiting = maxWaiting;
  }

  /** Counts a view, unless it is one of a viewer who counted less than an hour ago. */
  see(vehicleId: string, viewer: string): void {
    const now = this.clock.now();
    const key = `${vehicleId} ${viewer}`;
    const before = this.seen.get(key);
    if (before !== undefined && now.getTime() - before < ONCE_IN_MS) return;
    this.seen.set(key, now.getTime());
    this.add({ vehicleId, day: dayOf(now), count: 1 });
  }

  /** What is to be stored, by vehicle and day. It counts no more here: what cannot be stored is to be given back. */
  take(): ViewCount[] {
    const taken = [...this.waiting].sort(([one], [other]) => (one < other ? -1 : 1));
    this.waiting = new Map();
    return taken.map(([, count]) => count);
  }

  giveBack(counts: readonly ViewCount[]): void {
    for (const count of counts) this.add(count);
  }

  private add({ vehicleId, day, count }: ViewCount): void {
    const key = `${vehicleId} ${day}`;
    const known = this.waiting.get(key);
    if (!known && this.waiting.size >= this.maxWaiting) return;
    this.waiting.set(key, { vehicleId, day, count: count + (known?.count ?? 0) });
  }
}
