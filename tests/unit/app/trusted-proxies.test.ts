import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isNetwork, TrustedProxies } from '../../../src/app/trusted-proxies.js';

function clientOf(proxies: string[], remoteAddress: string, forwarded?: string): string {
  const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } };
  return new TrustedProxies(proxies).clientOf(request as unknown as IncomingMessage);
}

describe('TrustedProxies', () => {
  it.each<[string, string[], string, string | undefined, string]>([
    ['nobody where none is named', [], '198.51.100.7', '203.0.113.1', '198.51.100.7'],
    ['the proxy', ['198.51.100.7'], '198.51.100.7', '203.0.113.1', '203.0.113.1'],
    ['nobody else', ['198.51.100.8'], '198.51.100.7', '203.0.113.1', '198.51.100.7'],
    ['a network', ['10.0.0.0/8'], '10.9.8.7', '203.0.113.1', '203.0.113.1'],
    ['nobody beside the network', ['10.0.0.0/8'], '11.0.0.1', '203.0.113.1', '11.0.0.1'],
    ['an IPv4 address written as IPv6', ['10.0.0.0/8'], '::ffff:10.9.8.7', '203.0.113.1', '203.0.113.1'],
    ['an IPv6 network', ['fd00::/8'], 'fd12::1', '2001:db8::5', '2001:db8::5'],
    ['each of a row of proxies', ['10.0.0.0/8'], '10.0.0.1', '203.0.113.1, 10.0.0.2', '203.0.113.1'],
    [
      'what a proxy saw, not what the client says',
      ['10.0.0.1'],
      '10.0.0.1',
      '1.1.1.1,203.0.113.1',
      '203.0.113.1',
    ],
    ['the first proxy, where it says nothing', ['10.0.0.1'], '10.0.0.1', undefined, '10.0.0.1'],
    ['the first proxy, where it says nobody', ['10.0.0.1'], '10.0.0.1', ' , ', '10.0.0.1'],
  ])('believes %s', (_whom, proxies, remote, forwarded, client) => {
    expect(clientOf(proxies, remote, forwarded)).toBe(client);
  });

  it('does not take a text that is no address for a proxy', () => {
    const proxies = new TrustedProxies(['0.0.0.0/0', '::/0']);
    expect(['', 'unknown', '10.0.0.256', 'localhost'].map((text) => proxies.has(text))).toEqual(
      Array(4).fill(false),
    );
  });
});

describe('isNetwork', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '2001:db8::1/128'])(
    'takes %s',
    (text) => {
      expect(isNetwork(text)).toBe(true);
    },
  );

  it.each([
    '',
    'proxy',
    '10.0.0.1/33',
    '10.0.0/8',
    '::1/129',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '10.0.0.0/255.0.0.0',
    'fe80::1%eth0',
  ])('refuses "%s"', (text) => {
    expect(isNetwork(text)).toBe(false);
  });
});
