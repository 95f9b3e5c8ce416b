import { describe, expect, it } from 'vitest';
import { derivedSecret, Signer } from '../../../src/kernel/secrets.js';

describe('derivedSecret', () => {
  it('is 32 bytes, the same for the same use and others for another', () => {
    const hex = (secret: string, use: string) => Buffer.from(derivedSecret(secret, use)).toString('hex');
    expect(hex('s', 'a')).toBe(hex('s', 'a'));
    expect(hex('s', 'a')).toHaveLength(64);
    expect(new Set([hex('s', 'a'), hex('s', 'b'), hex('t', 'a')]).size).toBe(3);
  });
});

describe('Signer', () => {
  const signer = new Signer(['new', 'old'], 'use');

  it('knows what it signed, and what it signed before its secrets changed', () => {
    expect(signer.sign('text')).toMatch(/^[\w-]{43}$/);
    expect(signer.isSigned('text', signer.sign('text'))).toBe(true);
    expect(signer.isSigned('text', new Signer(['old'], 'use').sign('text'))).toBe(true);
    expect(new Signer(['old'], 'use').isSigned('text', signer.sign('text'))).toBe(false);
  });

  it('knows nothing else', () => {
    const right = signer.sign('text');
    // The last character of 43 holds two bits that say nothing: another spelling of the same bytes.
    const spelt = right.slice(0, -1) + String.fromCharCode(right.charCodeAt(42) + 1);
    for (const wrong of ['', right.slice(1), `${right}=`, `${right}x`, spelt, 'ä'.repeat(43)])
      expect(signer.isSigned('text', wrong)).toBe(false);
    expect(signer.isSigned('texts', right)).toBe(false);
    expect(new Signer(['new'], 'other use').isSigned('text', right)).toBe(false);
  });

  it('needs a secret', () => {
    expect(() => new Signer([], 'use')).toThrow('A signature needs a secret');
  });
});
