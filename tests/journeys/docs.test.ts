import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { statusOfCode } from '../../src/kernel/errors.js';
import { seedDemo } from '../../src/seeders/demo.js';
import { planDemo } from '../../src/seeders/plan.js';
import { useApp } from '../support/app.js';
import { withDrawnPhotos } from '../support/demo-photos.js';
import { type Following, useLive } from '../support/live.js';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...markdownIn('docs'),
  ...markdownIn('docs/adr'),
];

function markdownIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

/** The first block of code in this language. */
function codeOf(page: string, language: string): string {
  const block = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readFileSync(page, 'utf8'));
  return block?.[1] as string;
}

describe('the documentation', () => {
  it.each(pages)('of %s links to nothing that is not there', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
      ([, path]) => path as string,
    );
    expect(links.filter((path) => !existsSync(join(dirname(page), path)))).toEqual([]);
  });

  it('lists every decision', () => {
    const index = readFileSync('docs/adr/README.md', 'utf8');
    const records = readdirSync('docs/adr').filter((name) => /^\d/.test(name));
    expect(records.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });

  it('lists every error code with its status', () => {
    const rows = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)];
    expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(statusOfCode);
  });

  it('names no script that is not there', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap((page) => [
      ...readFileSync(page, 'utf8').matchAll(/npm (?:run )?([a-z:]+)/g),
    ]);
    const unknown = named.map(([, name]) => name as string).filter((name) => name !== 'ci' && !scripts[name]);
    expect(unknown).toEqual([]);
  });
});

/** What its operations answer, as far as the next ones need it. */
interface Answer {
  login?: { tokens: { accessToken: string } };
  vehicles?: { nodes: Array<{ id: string }> };
  startNegotiation?: { negotiation: { id: string } };
  submitOffer?: { offer: { id: string } };
  acceptOffer?: { negotiation: { status: string; agreedPrice: string } };
}

describe('the first negotiation of the README', () => {
  const app = useApp('sqlite');
  const live = useLive(app);
  const lines = codeOf('README.md', 'graphql').trimEnd().split('\n');

  it('is about a car that the demo data has, and that nobody haggles about', () => {
    const { vehicles, negotiations } = planDemo();
    const index = vehicles.findIndex(({ model, dealerIndex }) => model === 'Corvette' && dealerIndex === 0);
    expect(vehicles[index]).toMatchObject({ askingPriceCents: 6_049_000, status: 'ACTIVE' });
    expect(negotiations.filter(({ vehicleIndex }) => vehicleIndex === index)).toEqual([]);
  });

  it('leads to an agreement, line by line, and both sides see it live', async () => {
    const plan = planDemo({ dealers: 1, vehicles: 1, buyers: 5, negotiations: 0 });
    await withDrawnPhotos(app.uploads, () => seedDemo(app.system.makeCtx, plan));
    const tokens: Record<string, string> = {};
    const known: Record<string, string | undefined> = {};
    const followings: Following<object>[] = [];
    let person = '';
    let last: Answer = {};
    for (const line of lines) {
      person = /^# the (\w+)/.exec(line)?.[1] ?? person;
      if (line.startsWith('#')) continue;
      const operation = line.replace(/"([A-Z]+)"/g, (_, name: string) => JSON.stringify(known[name] ?? name));
      const who = { token: tokens[person] };
      if (operation.startsWith('subscription')) {
        followings.push(await live.follow(who, operation));
        continue;
      }
      last = await app.ok<Answer, object>(operation, {}, who);
      if (last.login) tokens[person] = last.login.tokens.accessToken;
      if (last.login && person === 'dealer') await listCorvette(last.login.tokens.accessToken);
      known.VEHICLE ??= last.vehicles?.nodes[0]?.id;
      known.NEGOTIATION ??= last.startNegotiation?.negotiation.id;
      known.OFFER ??= last.submitOffer?.offer.id;
    }
    expect(last.acceptOffer?.negotiation).toEqual({ status: 'ACCEPTED', agreedPrice: '58500.00' });
    const [dealer, buyer] = followings as [Following<object>, Following<object>];
    expect(await dealer.take(1)).toMatchObject([
      {
        offerReceived: {
          amount: '54000.00',
          negotiation: { id: known.NEGOTIATION, vehicle: { year: 2024 } },
        },
      },
    ]);
    expect(await buyer.take(3)).toMatchObject([
      { negotiationEvents: { sequence: 1, kind: 'OFFER_SUBMITTED', party: 'BUYER' } },
      {
        negotiationEvents: {
          sequence: 2,
          kind: 'OFFER_SUBMITTED',
          party: 'DEALER',
          offer: { id: known.OFFER },
        },
      },
      { negotiationEvents: { sequence: 3, kind: 'OFFER_ACCEPTED', party: 'BUYER' } },
    ]);
  });

  async function listCorvette(dealer: string): Promise<void> {
    const vehicle = {
      make: 'Chevrolet',
      model: 'Corvette',
      year: 2024,
      mileage: 4_200,
      askingPrice: '60490.00',
    };
    await app.ok(
      'mutation ($input: CreateVehicleInput!) { createVehicle(input: $input) { vehicle { id } } }',
      { input: { ...vehicle, vin: app.build.vin(), publish: true } },
      { token: dealer },
    );
  }
});

describe('the client of docs/live.md', { timeout: 30_000 }, () => {
  const app = useApp('sqlite');

  it('resumes behind the last event after its line was cut', async () => {
    const { id, dealer, offerId } = await app.build.negotiation();
    const client = runClient(`
      const Original = globalThis.WebSocket;
      let line;
      globalThis.WebSocket = class extends Original { constructor(...args) { super(...args); line = this; } };
      const session = { accessToken: async () => ${JSON.stringify(dealer.token)}, forget() {} };
      followNegotiation({
        url: ${JSON.stringify(`${app.url.replace('http', 'ws')}/graphql`)}, session, id: ${JSON.stringify(id)},
        onEvent: (event) => console.log(event.sequence), onRefused: (error) => console.log('refused', error),
      });
      process.stdin.once('data', () => { line.close(4999, 'Cut'); console.log('cut'); });
    `);
    try {
      await expect.poll(() => client.lines, { timeout: 10_000 }).toEqual(['1']);
      client.process.stdin?.write('cut\n');
      await expect.poll(() => client.lines).toEqual(['1', 'cut']);
      await app.ok(
        'mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { negotiation { id } } }',
        { input: { negotiationId: id, offerId } },
        dealer,
      );
      await expect.poll(() => client.lines, { timeout: 10_000 }).toEqual(['1', 'cut', '2']);
    } finally {
      client.process.kill();
    }
  });

  /** The page's own code, as a process, with a few lines that use it. */
  function runClient(use: string): { process: ChildProcess; lines: string[] } {
    const code = `${codeOf('docs/live.md', 'js')}\n${use}`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    return { process: child, lines };
  }
});
