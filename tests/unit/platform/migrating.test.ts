import { describe, expect, it } from 'vitest';
import { patiently } from '../../../src/platform/database/migrating.js';

describe('a migration that meets a lock', () => {
  it('is tried again when those who waited behind it have gone through', async () => {
    let attempts = 0;
    const done = await patiently(undefined, async () => {
      attempts += 1;
      if (attempts === 1)
        throw Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
      return ['Migration1'];
    });
    expect([done, attempts]).toEqual([['Migration1'], 2]);
  });

  it('is not where something else is wrong with it', async () => {
    let attempts = 0;
    const failing = patiently(undefined, async () => {
      attempts += 1;
      throw Object.assign(new Error('relation does not exist'), { code: '42P01' });
    });
    await expect(failing).rejects.toThrow('relation does not exist');
    expect(attempts).toBe(1);
  });
});
