import { createHmac } from 'node:crypto';
import { partKey } from '../../kernel/context.js';
import { derivedSecret } from '../../kernel/secrets.js';

export const digestsPart = partKey<Digests>('accounts.digests');

/**
 * Digests that only who holds the secret can make: of what has to be compared, but should not lie about to be read or
 * guessed, as addresses are.
 */
export class Digests {
  private readonly keys: readonly Uint8Array[];

  /** The first makes digests; those of all are known again, so that a change of secrets forgets nobody. */
  constructor(secrets: readonly string[]) {
    if (secrets.length === 0) throw new Error('A digest needs a secret');
    this.keys = secrets.map((secret) => derivedSecret(secret, 'accounts.digests'));
  }

  /** 64 hexadecimal digits. `use` keeps digests of different things apart. */
  of(use: string, ...texts: string[]): string {
    return this.all(use, ...texts)[0] as string;
  }

  /** What any of the secrets makes of it. */
  all(use: string, ...texts: string[]): string[] {
    const whole = JSON.stringify([use, ...texts]);
    return this.keys.map((key) => createHmac('sha256', key).update(whole).digest('hex'));
  }
}
