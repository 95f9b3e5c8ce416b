import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../support/app.js';
import type { Person } from '../support/builders.js';
import { pause } from '../support/live.js';
import { often } from '../support/thorough.js';
import { type Attack, posted } from './front-door/attack.js';
import { dialogues } from './front-door/dialogues.js';
import { documents } from './front-door/documents.js';
import { requests } from './front-door/requests.js';
import { variants } from './front-door/variants.js';

/** Of what is loaded and compiled at the first use: it is no leak. */
const WARMING = ['a document one deeper than allowed', 'a batch of a thousand', 'bytes'];
const TIMES = often(100, 25);

/** No attack may be busy for longer, nor make anybody else wait for longer. */
const ANSWERED_WITHIN_MS = 1_000;
const MEMORY_BACK_WITHIN_BYTES = 50 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function memoryInUse(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await pause(20);
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

describe('the front door, with the limits as they are by default', () => {
  const app = useApp('sqlite', {
    config: { maxSocketsPerUser: 10, maxSocketMessagesPerSecond: 50, socketInitTimeoutMs: 300 },
  });
  let person: Person;
  let memoryBefore: number;

  beforeAll(async () => {
    person = await app.build.buyer();
    for (const name of WARMING) await named(name).launch({ app, person });
    memoryBefore = await memoryInUse();
  });

  /** Another client's ordinary query, again and again while the attack runs: the longest that it had to wait. */
  async function longestWaitOfOthers(isOver: () => boolean): Promise<number> {
    let longest = 0;
    do {
      const before = performance.now();
      await app.ok('{ vehicles(first: 20) { totalCount nodes { id make } } }');
      longest = Math.max(longest, performance.now() - before);
      await pause(5);
    } while (!isOver());
    return longest;
  }

  async function withstand(attack: Attack): Promise<void> {
    let isOver = false;
    const others = longestWaitOfOthers(() => isOver);
    const before = performance.now();
    const outcome = await attack.launch({ app, person }).finally(() => {
      isOver = true;
    });
    const took = performance.now() - before;
    expect(outcome).toBe(attack.outcome);
    expect(took).toBeLessThan(attack.within ?? ANSWERED_WITHIN_MS);
    expect(await others).toBeLessThan(ANSWERED_WITHIN_MS);
  }

  it.each(documents)('withstands $name', withstand);
  it.each(requests)('withstands $name', withstand);
  it.each(dialogues)('withstands $name', withstand);

  it(`withstands ${TIMES} of each, no two of them the same`, async () => {
    for (let i = 0; i < TIMES; i++) {
      for (const variant of variants) await posted(app, { query: variant(i) });
    }
    await app.ok('{ vehicles(first: 20) { totalCount } }');
  });

  afterAll(async () => {
    expect((await memoryInUse()) - memoryBefore).toBeLessThan(MEMORY_BACK_WITHIN_BYTES);
  });
});

function named(name: string): Attack {
  const attack = [...documents, ...requests, ...dialogues].find((candidate) => candidate.name === name);
  if (!attack) throw new Error(`No attack is called ${name}`);
  return attack;
}
