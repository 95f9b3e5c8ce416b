// Shows the main thing: three buyers and a dealer negotiate over a car, live, on the server at --url (or DEMO_URL), or on
// one of its own where none answers. Exit code 0: all screens saw everything; 1: they did not, or something failed; 2:
// called wrongly.
import { parseArgs } from 'node:util';
import { Acts } from './demo/acts.js';
import { answers } from './demo/api.js';
import { demoDealer, newBuyer, newDealer, type Person } from './demo/people.js';
import type { Lane, Party } from './demo/print.js';
import { Screen } from './demo/screen.js';
import { type Cast, type Player, play } from './demo/story.js';

const USAGE = `Usage: npm run demo -- [--url http://127.0.0.1:4000] [--pace MILLISECONDS]
--pace: how long people think before they act; 0 where nobody watches.`;

process.exitCode = await main();

async function main(): Promise<number> {
  const args = argumentsOf(process.argv.slice(2));
  if (!args) {
    console.error(USAGE);
    return 2;
  }
  try {
    if (await answers(args.url)) {
      console.log(`CarNegotiate at ${args.url}`);
      return await show(args.url, args.pace, await demoDealer(args.url));
    }
    // Only here is there more to load than a client needs.
    const { startOwnServer } = await import('./demo/own-server.js');
    const own = await startOwnServer();
    try {
      console.log(`No server answers at ${args.url}: here is one of the demo's own, at ${own.url}`);
      return await show(own.url, args.pace, await newDealer(own.url, own.makeAdmin));
    } finally {
      await own.stop();
      console.log("The demo's own server is stopped, its database deleted.");
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function show(url: string, pace: number, dealer: Person) {
  const player = (name: string, color: Lane['color'], party: Party, person: Person): Player => ({
    does: new Acts(url, person),
    screen: new Screen({ name, color }, party, url, person.token),
  });
  const cast: Cast = {
    dealer: player('Dealer', 'yellow', 'DEALER', dealer),
    bea: player('Bea', 'cyan', 'BUYER', await newBuyer(url, 'Bea', 'Nakamura')),
    carl: player('Carl', 'green', 'BUYER', await newBuyer(url, 'Carl', 'Osei')),
    ines: player('Ines', 'magenta', 'BUYER', await newBuyer(url, 'Ines', 'Moreau')),
  };
  const screens = Object.values(cast).map(({ screen }) => screen);
  try {
    return verdict(await play(cast, pace), screens);
  } finally {
    for (const screen of screens) await screen.close();
  }
}

/** Each screen must have shown 1 to the last of each negotiation that it follows, each once and in order. */
function verdict(lengths: ReadonlyMap<string, number>, screens: readonly Screen[]): number {
  let logs = 0;
  let isWhole = true;
  for (const { lane, negotiations } of screens) {
    for (const [id, { seen }] of negotiations) {
      const all = Array.from({ length: lengths.get(id) ?? 0 }, (_, index) => index + 1).join(' ');
      logs += 1;
      if (seen.join(' ') === all) continue;
      isWhole = false;
      console.error(`${lane.name} saw ${seen.join(' ') || 'nothing'} of ${id}, not ${all}.`);
    }
  }
  if (isWhole) {
    console.log(
      `\nFour screens followed ${lengths.size} negotiations, ${logs} logs: each from 1 to its end, once and in order.`,
    );
  }
  return isWhole ? 0 : 1;
}

function argumentsOf(argv: string[]): { url: string; pace: number } | null {
  try {
    const { values } = parseArgs({
      args: argv,
      options: { url: { type: 'string' }, pace: { type: 'string' } },
    });
    const url = values.url ?? process.env.DEMO_URL ?? 'http://127.0.0.1:4000';
    const pace = Number(values.pace ?? (process.stdout.isTTY ? 1_200 : 0));
    return /^https?:$/.test(new URL(url).protocol) && pace >= 0 ? { url: new URL(url).origin, pace } : null;
  } catch {
    return null;
  }
}
