import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The proxies in front of the server, by address or network: what they say of who asks is believed, and nobody else. */
export class TrustedProxies {
  private readonly list = new BlockList();

  constructor(private readonly proxies: readonly string[]) {
    for (const proxy of proxies) {
      const { address, family, prefix } = networkOf(proxy) as Network;
      this.list.addSubnet(address, prefix, family);
    }
  }

  get isEmpty(): boolean {
    return this.proxies.length === 0;
  }

  /** Whether an address is one of theirs; an IPv4 address written as IPv6 (::ffff:10.0.0.1) is the same. */
  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * Who sent a request: each proxy appends to X-Forwarded-For whom it was asked by, so it is the last one there that is
   * no proxy of ours. As fastify's `request.ip`, for what does not go through fastify.
   */
  clientOf({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    let client = socket.remoteAddress ?? '';
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',');
    for (const hop of forwarded.split(',').reverse()) {
      if (hop.trim() === '' || !this.has(client)) break;
      client = hop.trim();
    }
    return client;
  }
}

interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/** Whether a text is an address (10.0.0.1) or a network (10.0.0.0/8, fd00::/8). */
export function isNetwork(text: string): boolean {
  return networkOf(text) !== null;
}

function networkOf(text: string): Network | null {
  const [, address, prefixText] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address ?? '');
  if (!address || version === 0 || address.includes('%')) return null;
  const bits = version === 6 ? 128 : 32;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix <= bits ? { address, family: version === 6 ? 'ipv6' : 'ipv4', prefix } : null;
}
