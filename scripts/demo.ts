// Shows the main thing: a buyer and a dealer agree on a price, live, on the server at --url (or DEMO_URL), or on one of
// its own where none answers. Exit code 0: both screens saw everything; 1: they did not, or something failed; 2: called wrongly.
import { parseArgs } from 'node:util';
import { answers } from './demo/api.js';
import { demoDealer, newBuyer, newDealer, type Person } from './demo/people.js';
import { Screen } from './demo/screen.js';
import { negotiate } from './demo/story.js';

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
  const buyer = await newBuyer(url);
  const screens = {
    buyer: new Screen('BUYER', url, buyer.token),
    dealer: new Screen('DEALER', url, dealer.token),
  };
  try {
    const length = await negotiate(url, { buyer, dealer }, screens, pace);
    return verdict(length, Object.values(screens));
  } finally {
    for (const screen of Object.values(screens)) await screen.close();
  }
}

/** Each screen must have shown 1 to the last, each once and in order. */
function verdict(length: number, screens: readonly Screen[]): number {
  const all = Array.from({ length }, (_, index) => index + 1).join(' ');
  const faulty = screens.filter((screen) => screen.seen.join(' ') !== all);
  for (const { name, seen } of faulty)
    console.error(`The ${name} saw ${seen.join(' ') || 'nothing'}, not ${all}.`);
  if (faulty.length === 0) console.log(`\nBoth screens saw 1 to ${length}, each once and in order.`);
  return faulty.length === 0 ? 0 : 1;
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
