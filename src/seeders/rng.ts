/** Chance that repeats itself: the same seed draws the same on every machine. */
export type Rng = () => number;

/** mulberry32: 32 bits of state, uniform in [0, 1); small, and the same on every machine. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const uniform = (rng: Rng, low: number, high: number) => low + rng() * (high - low);
/** Both ends included. */
export const between = (rng: Rng, low: number, high: number) => Math.floor(uniform(rng, low, high + 1));
export const chance = (rng: Rng, probability: number) => rng() < probability;
export const pick = <T>(rng: Rng, list: readonly T[]): T => list[Math.floor(rng() * list.length)]!;
export const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

export function shuffled<T>(rng: Rng, list: readonly T[]): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = between(rng, 0, last);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
