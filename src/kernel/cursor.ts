import { createHmac, timingSafeEqual } from 'node:crypto';
import { badInput } from './errors.js';

export type CursorValue = string | number;

/** 96 bits: enough that no one guesses a signature, short enough for a URL. */
const MAC_BYTES = 12;

/**
 * Signs and reads cursors. A cursor names its list and order and holds the sort values of one row; what was not
 * signed here, or belongs to another list, is BAD_USER_INPUT.
 */
export class CursorKeys {
  /** `secrets`: the first signs, all verify. */
  constructor(private readonly secrets: readonly Uint8Array[]) {
    if (secrets.length === 0) throw new Error('A cursor needs a secret');
  }

  sign(list: string, values: readonly CursorValue[]): string {
    const body = Buffer.from(JSON.stringify(values)).toString('base64url');
    return `${body}.${this.mac(this.secrets[0] as Uint8Array, list, body).toString('base64url')}`;
  }

  read(list: string, cursor: string, argument: string): CursorValue[] {
    const [body = '', signature = ''] = cursor.length > 1_000 ? [] : cursor.split('.');
    const given = Buffer.from(signature, 'base64url');
    const genuine = this.secrets.some((secret) => {
      const expected = this.mac(secret, list, body);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!genuine) throw badInput({ [argument]: ['This cursor is not one that this list gave.'] });
    return JSON.parse(Buffer.from(body, 'base64url').toString()) as CursorValue[];
  }

  private mac(secret: Uint8Array, list: string, body: string): Buffer {
    return createHmac('sha256', secret).update(`${list}\n${body}`).digest().subarray(0, MAC_BYTES);
  }
}
