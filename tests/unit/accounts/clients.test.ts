import { describe, expect, it } from 'vitest';
import { Parts } from '../../../src/kernel/context.js';
import { clientKeyOf, clientKeysOf } from '../../../src/modules/accounts/clients.js';
import { Digests, digestsPart } from '../../../src/modules/accounts/digests.js';

const client = (given: { ip?: string; userAgent?: string; secrets?: string[] } = {}) => {
  const parts = new Parts();
  parts.set(digestsPart, new Digests(given.secrets ?? ['first secret']));
  return { ip: given.ip ?? '192.0.2.7', userAgent: given.userAgent ?? 'Browser/1', parts };
};

describe('clientKeyOf', () => {
  it('is the same for the same network and User-Agent, and another for any other', () => {
    const key = clientKeyOf(client());
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(clientKeyOf(client())).toBe(key);
    for (const other of [{ ip: '192.0.2.8' }, { userAgent: 'Browser/2' }, { secrets: ['other secret'] }]) {
      expect(clientKeyOf(client(other))).not.toBe(key);
    }
  });

  it('does not mix up where one text ends and the next begins', () => {
    expect(clientKeyOf(client({ ip: 'a', userAgent: 'bc' }))).not.toBe(
      clientKeyOf(client({ ip: 'ab', userAgent: 'c' })),
    );
  });

  it('is none for what runs beside the requests', () => {
    expect(clientKeyOf(client({ ip: '' }))).toBeNull();
    expect(clientKeysOf(client({ ip: '' }))).toEqual([]);
  });

  it('knows a client again after a change of secrets', () => {
    const before = clientKeyOf(client());
    const after = clientKeysOf(client({ secrets: ['new secret', 'first secret'] }));
    expect(after).toHaveLength(2);
    expect(after[0]).not.toBe(before);
    expect(after[1]).toBe(before);
  });
});
