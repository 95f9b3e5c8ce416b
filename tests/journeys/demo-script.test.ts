import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { seedDemo } from '../../src/seeders/demo.js';
import { planDemo } from '../../src/seeders/plan.js';
import { useApp } from '../support/app.js';
import { withDrawnPhotos } from '../support/demo-photos.js';

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** The script as `npm run demo` runs it. */
function demo(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('node_modules/.bin/tsx', ['scripts/demo.ts', ...args], { timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** An address at which nobody listens. */
async function silentUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** The numbers that a screen shows of its negotiations with somebody, in order. */
const shown = (out: string, screen: string, other: string) =>
  [...out.matchAll(new RegExp(`^${screen} *│ \\[${other}\\] #(\\d+) `, 'gm'))].map(([, number]) =>
    Number(number),
  );

function expectInOrder(text: string, parts: readonly string[]): void {
  const places = parts.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
}

describe('npm run demo', { timeout: 60_000 }, () => {
  it('starts a server of its own where none answers, and tells the whole story on four screens', async () => {
    const url = await silentUrl();
    const { code, out, err } = await demo('--url', url);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const all = [1, 2, 3, 4, 5, 6, 7, 8];
    expect([shown(out, 'Bea', 'Dealer'), shown(out, 'Dealer', 'Bea N.')]).toEqual([all, all]);
    // Two negotiations each: one that the rules ended, or an agreement of another's; then the invitation or the sale.
    expect([shown(out, 'Carl', 'Dealer'), shown(out, 'Dealer', 'Carl O.')]).toEqual([
      [1, 2, 1, 2],
      [1, 2, 1, 2],
    ]);
    expect([shown(out, 'Ines', 'Dealer'), shown(out, 'Dealer', 'Ines M.')]).toEqual([
      [1, 2, 3, 1, 2, 3],
      [1, 2, 3, 1, 2, 3],
    ]);
    expectInOrder(out, [
      `No server answers at ${url}: here is one of the demo's own, at http://127.0.0.1:`,
      '3 have saved it',
      'Dealer │ * New offer: $21,000.00 for the 2021 Toyota',
      'Dealer │ [Bea N.] is typing …',
      'Bea    │ [Dealer] has read up to #2',
      'Bea    │ [Dealer] is typing …',
      'Dealer │ [Bea N.] has read up to #3',
      'Dealer │ [Carl O.] #2 Dealer turns it down, by rule',
      '2 were invited',
      'Bea    │ !! connection lost; last seen: #3',
      'missed 2 events and got them, none twice',
      'Bea    │ [Dealer] #7 Dealer accepts: agreed at $22,800',
      'Ines   │ * Available again: the 2021 Toyota Camry XLE',
      '4 of her offers are left',
      'Ines   │ [Dealer] #3 Dealer: sold for $22,900',
      'Four screens followed 5 negotiations, 10 logs: each from 1 to its end, once and in order.',
      "The demo's own server is stopped, its database deleted.",
    ]);
    // To the buyer the rule is the dealer.
    expect(out).toMatch(/^Carl +│ \[Dealer\] #2 Dealer turns it down$/m);
  });

  it('says how to call it', async () => {
    const wrong = await Promise.all([demo('--url', 'nowhere'), demo('--pace', 'slow'), demo('--quick')]);
    for (const ended of wrong) {
      expect(ended).toEqual({ code: 2, out: '', err: expect.stringContaining('Usage: npm run demo') });
    }
  });
});

describe('npm run demo beside a server without demo data', { timeout: 60_000 }, () => {
  const app = useApp('sqlite');

  it('says what is missing and fails', async () => {
    const { code, out, err } = await demo('--url', app.url);
    expect({ code, out }).toEqual({ code: 1, out: `CarNegotiate at ${app.url}\n` });
    expect(err).toContain(
      'has no dealer@example.com of the demo data. Seed an empty database with npm run seed',
    );
  });

  it('shows the negotiation on that server once its dealer is there', async () => {
    const plan = planDemo({ dealers: 1, vehicles: 1, buyers: 5, negotiations: 0 });
    await withDrawnPhotos(app.uploads, () => seedDemo(app.system.makeCtx, plan));
    const { code, out, err } = await demo('--url', app.url);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(shown(out, 'Dealer', 'Bea N.')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
