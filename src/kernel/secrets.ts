import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** One secret, many uses, none of which can stand for another (RFC 5869). */
export function derivedSecret(secret: string, use: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', use, 32));
}

/** Signs texts for one use: the first key signs, all verify, so that a change of secrets breaks nothing that is about. */
export class Signer {
  private readonly keys: readonly Uint8Array[];

  constructor(secrets: readonly string[], use: string) {
    if (secrets.length === 0) throw new Error('A signature needs a secret');
    this.keys = secrets.map((secret) => derivedSecret(secret, use));
  }

  /** 43 characters of base64url. */
  sign(text: string): string {
    return hmac(this.keys[0] as Uint8Array, text).toString('base64url');
  }

  isSigned(text: string, signature: string): boolean {
    // As text: base64url is read with its last bits thrown away, and one signature would have several spellings.
    const given = Buffer.from(signature);
    return this.keys.some((key) => {
      const right = Buffer.from(hmac(key, text).toString('base64url'));
      return right.length === given.length && timingSafeEqual(right, given);
    });
  }
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
