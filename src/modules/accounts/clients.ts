import { isIPv4, isIPv6 } from 'node:net';
import type { Ctx } from '../../kernel/context.js';
import { digestsPart } from './digests.js';

type Client = Pick<Ctx, 'ip' | 'userAgent' | 'parts'>;

/** The network that a client speaks from; empty for what runs beside the requests. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
  if (isIPv4(mapped) || !isIPv6(mapped)) return mapped;
  // A subscriber holds 2^64 IPv6 addresses or more (RFC 6177), and could speak from another one each time.
  const [address = ''] = mapped.split('%');
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? [] : tail.split(':');
    while (groups.length < 8 - behind.length) groups.push('0');
    groups.push(...behind);
  }
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}

/** A digest of the network and the User-Agent that tokens are given to; null for what runs beside the requests. */
export function clientKeyOf(ctx: Client): string | null {
  return clientKeysOf(ctx)[0] ?? null;
}

/** All that the same client may have been called, under each of the secrets. */
export function clientKeysOf({ ip, userAgent, parts }: Client): string[] {
  return ip === '' ? [] : parts.get(digestsPart).all('client', networkOf(ip), userAgent);
}
