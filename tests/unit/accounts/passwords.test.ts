import { describe, expect, it, vi } from 'vitest';
import { withDeadline } from '../../../src/kernel/deadline.js';
import { hashPassword, isPassword, isSamePassword } from '../../../src/modules/accounts/passwords.js';

/** How many argon2 computations ran at once, at most, and in all. */
const most = vi.hoisted(() => ({ running: 0, begun: 0 }));

vi.mock('argon2', async (importOriginal) => {
  const argon2 = await importOriginal<typeof import('argon2')>();
  let running = 0;
  const counted =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      most.begun++;
      most.running = Math.max(most.running, ++running);
      try {
        return await work(...args);
      } finally {
        running--;
      }
    };
  return {
    ...argon2,
    hash: counted(argon2.hash as (...args: unknown[]) => Promise<string>),
    verify: counted(argon2.verify),
  };
});

describe('passwords', () => {
  it('knows its own hash from every other', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash.length).toBeLessThanOrEqual(255);
    expect(await isPassword(hash, 'correct horse')).toBe(true);
    expect(await isPassword(hash, 'correct horsf')).toBe(false);
    expect(await isPassword(await hashPassword('other'), 'correct horse')).toBe(false);
  });

  it('salts: the same password twice makes two hashes', async () => {
    expect(await hashPassword('correct horse')).not.toBe(await hashPassword('correct horse'));
  });

  it('takes a letter for itself however it is composed', async () => {
    expect(await isPassword(await hashPassword('Zo\u00eb kn\u00f6ws'), 'Zoe\u0308 kno\u0308ws')).toBe(true);
  });

  it('compares two passwords as it would a password with its hash', () => {
    expect(isSamePassword('Zo\u00eb', 'Zoe\u0308')).toBe(true);
    expect(isSamePassword('Zoe', 'zoe')).toBe(false);
    expect(isSamePassword('zoe', 'zoe ')).toBe(false);
  });

  it('is never right where there is no hash, whatever is tried', async () => {
    expect(await isPassword(null, 'no account has this password')).toBe(false);
    expect(await isPassword(null, '')).toBe(false);
  });

  it('hashes and verifies two at once, never more, and each in its turn', async () => {
    most.running = 0;
    const hash = await hashPassword('correct horse');
    const done: number[] = [];
    const work = Array.from({ length: 6 }, async (_, n) => {
      await (n % 2 ? hashPassword('correct horse') : isPassword(hash, 'correct horse'));
      done.push(n);
    });
    await Promise.all(work);
    expect(most.running).toBe(2);
    expect(done.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('spends the same hash, and no time beside it, on what is too long for any password', async () => {
    const hash = await hashPassword('correct horse');
    const accents = `a${'\u0301\u0316'.repeat(24_000)}`;
    most.begun = 0;
    const startedAt = performance.now();
    expect(await isPassword(hash, accents)).toBe(false);
    expect(await isPassword(await hashPassword(''), accents)).toBe(false);
    expect(isSamePassword(accents, accents)).toBe(false);
    // To normalise these accents once takes seconds.
    expect(performance.now() - startedAt).toBeLessThan(700);
    expect(most.begun).toBe(3);
  });

  it('knows the longest password in its longest composition', async () => {
    const longest = '\u{1d160}'.repeat(128);
    expect(await isPassword(await hashPassword(longest), longest.normalize('NFD'))).toBe(true);
  });

  it('begins none for an operation whose time was up before its turn', async () => {
    most.begun = 0;
    const others = [hashPassword('correct horse'), hashPassword('correct horse')];
    await expect(withDeadline(0, () => hashPassword('correct horse'))).rejects.toThrow('took too long');
    await Promise.all(others);
    expect(most.begun).toBe(2);
  });

  it('goes on after a hash that cannot be read', async () => {
    for (let round = 0; round < 3; round++) await expect(isPassword('no hash', 'x')).rejects.toThrow();
    expect(await isPassword(await hashPassword('correct horse'), 'correct horse')).toBe(true);
  });
});
