import { expect, it } from 'vitest';
import { LoginDocument } from '../../generated/operations.js';
import { useApp } from '../../support/app.js';
import { upTo } from '../../support/live.js';
import { often } from '../../support/thorough.js';

const app = useApp('sqlite');
const SIGN_INS = often(100, 40);

// What else runs on the machine may spoil a measurement, but hardly three; a real difference spoils them all.
it(`the medians of ${SIGN_INS} sign-ins with a known and with an unknown address differ by less than 10 %`, {
  retry: 2,
  timeout: 120_000,
}, async () => {
  const { email } = await app.build.buyer();
  const timed = async (address: string) => {
    const startedAt = performance.now();
    await app.request(LoginDocument, { input: { email: address, password: 'wrong horse battery' } });
    return performance.now() - startedAt;
  };
  await timed(email);
  const known: number[] = [];
  const unknown: number[] = [];
  for (const n of upTo(SIGN_INS)) {
    // One after the other, each first as often as the other; an unknown address is another one each time.
    const measure = [
      async () => known.push(await timed(email)),
      async () => unknown.push(await timed(`nobody-${n}@example.com`)),
    ];
    for (const next of n % 2 ? measure : measure.reverse()) await next();
  }
  const ratio = median(unknown) / median(known);
  expect(ratio).toBeGreaterThan(0.9);
  expect(ratio).toBeLessThan(1.1);
});

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
