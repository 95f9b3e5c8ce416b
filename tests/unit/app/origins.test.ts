import { describe, expect, it } from 'vitest';
import { Origins } from '../../../src/app/origins.js';

const origins = new Origins({
  corsAllowedOrigins: ['https://cars.example', 'http://localhost:3000'],
  publicUrl: 'https://api.cars.example',
});

describe('an origin', () => {
  it.each<[string, string]>([
    ['https://cars.example', 'api.cars.example'],
    ['http://localhost:3000', '127.0.0.1:4000'],
    ['http://127.0.0.1:4000', '127.0.0.1:4000'],
    ['http://[::1]:4000', '[::1]:4000'],
    ['http://node-1', 'node-1:80'],
    ['https://node-1', 'node-1'],
    // The proxy in front has put its own name into Host.
    ['https://api.cars.example', 'node-1:4000'],
  ])('%s may connect to %s', (origin, host) => {
    expect(origins.mayConnect(origin, host)).toBe(true);
  });

  it.each<[string, string]>([
    ['https://evil.example', 'api.cars.example'],
    ['http://cars.example', 'api.cars.example'],
    ['https://cars.example:8443', 'api.cars.example'],
    ['https://sub.cars.example', 'api.cars.example'],
    ['https://cars.example.evil.example', 'api.cars.example'],
    ['http://localhost:3001', 'localhost:3000'],
    ['http://localhost', 'localhost:3000'],
    ['http://localhost:3000/', '127.0.0.1:4000'],
    ['HTTP://LOCALHOST:3000', '127.0.0.1:4000'],
    ['http://localhost:3000, https://evil.example', '127.0.0.1:4000'],
    ['http://user@127.0.0.1:4000', '127.0.0.1:4000'],
    ['ftp://127.0.0.1:4000', '127.0.0.1:4000'],
    ['file://', '127.0.0.1:4000'],
    ['null', '127.0.0.1:4000'],
    ['null', 'null'],
    ['', ''],
    ['127.0.0.1:4000', '127.0.0.1:4000'],
  ])('"%s" may not connect to %s', (origin, host) => {
    expect(origins.mayConnect(origin, host)).toBe(false);
  });

  it('of our own need not be let in to read, and no other is', () => {
    expect(origins.mayRead('https://cars.example')).toBe(true);
    for (const origin of ['https://api.cars.example', 'https://evil.example', 'null', '', undefined]) {
      expect(origins.mayRead(origin)).toBe(false);
    }
  });
});
