import type { Ctx } from '../../kernel/context.js';
import { networkOf } from '../../kernel/networks.js';
import { digestsPart } from './digests.js';

type Client = Pick<Ctx, 'ip' | 'userAgent' | 'parts'>;

/** A digest of the network and the User-Agent that tokens are given to; null for what runs beside the requests. */
export function clientKeyOf(ctx: Client): string | null {
  return clientKeysOf(ctx)[0] ?? null;
}

/** All that the same client may have been called, under each of the secrets. */
export function clientKeysOf({ ip, userAgent, parts }: Client): string[] {
  return ip === '' ? [] : parts.get(digestsPart).all('client', networkOf(ip), userAgent);
}
