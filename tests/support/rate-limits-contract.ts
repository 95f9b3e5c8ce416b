import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { RateLimits } from '../../src/kernel/ports.js';

export interface Passing {
  readonly limits: () => RateLimits;
  /** How long the limit of these tests lasts: a second and more. */
  readonly durationMs: number;
  readonly pass: (ms: number) => Promise<unknown>;
}

/** What is counted in the same way wherever it is counted. */
export function countsAsAgreed({ limits, durationMs, pass }: Passing): void {
  const limit = { name: 'tries', points: 3, durationMs };
  const spend = async (key: string, times: number) => {
    const waits: Array<number | null> = [];
    for (let n = 0; n < times; n++) waits.push(await limits().spend(limit, key));
    return waits;
  };
  const granted = (waits: Array<number | null>) => waits.map((wait) => wait === null);

  it('gives each key its points, and says how long the next ones take', async () => {
    const [ada, grace] = [randomUUID(), randomUUID()];
    expect(await spend(ada, 3)).toEqual([null, null, null]);
    await pass(durationMs / 3);
    const [wait] = await spend(ada, 1);
    expect(wait).toBeGreaterThan(durationMs / 3);
    expect(wait).toBeLessThanOrEqual((durationMs * 2) / 3);
    expect(await spend(grace, 1)).toEqual([null]);
    await pass((wait as number) + 1);
    expect(granted(await spend(ada, 4))).toEqual([true, true, true, false]);
  });

  it('gives no more to many at once than to one after the other', async () => {
    const ada = randomUUID();
    const waits = await Promise.all(Array.from({ length: 50 }, () => limits().spend(limit, ada)));
    expect(waits.filter((wait) => wait === null)).toHaveLength(3);
  });

  it('counts no refusal: a point given back is a point to spend', async () => {
    const ada = randomUUID();
    await spend(ada, 10);
    await limits().giveBack(limit, ada);
    expect(granted(await spend(ada, 2))).toEqual([true, false]);
  });

  it('owes nothing after the end of the time', async () => {
    const ada = randomUUID();
    await spend(ada, 1);
    await pass(durationMs + 1);
    await limits().giveBack(limit, ada);
    expect(granted(await spend(ada, 4))).toEqual([true, true, true, false]);
  });

  it('forgets a key that is reset, and no other', async () => {
    const [ada, grace] = [randomUUID(), randomUUID()];
    await spend(ada, 4);
    await spend(grace, 3);
    await limits().reset(limit, ada);
    expect(granted(await spend(ada, 1))).toEqual([true]);
    expect(granted(await spend(grace, 1))).toEqual([false]);
  });

  it('never mixes the counts of two rules', async () => {
    const ada = randomUUID();
    await spend(ada, 4);
    expect(await limits().spend({ ...limit, name: 'others' }, ada)).toBeNull();
  });
}
