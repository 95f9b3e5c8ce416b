import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { VinFacts, VinQuestion } from '../../kernel/ports.js';

/**
 * A thread that looks VINs up in what vpic-unpack.worker.ts has made. A message is a list of questions, its answer the
 * list of what is known, in the same order.
 *
 * Threads run as Node loads them, from the sources by stripping their types: this file imports no other of ours.
 */
type Detail = Exclude<keyof VinFacts, 'modelYear' | 'make'>;

interface Match {
  readonly element: Detail;
  readonly keys: string;
  readonly value: string;
  readonly make: string | null;
  readonly changed_at: string;
}

const database = new DatabaseSync(workerData as string, { readOnly: true });

const matching = database.prepare(`
  select p.element, p.keys, p.value, p.make, p.changed_at
  from wmi_schema as s join pattern as p on p.schema = s.schema
  where s.wmi = ? and ? between s.first_year and s.last_year and ? glob p.keys`);
const sureness = database.prepare('select min(year_is_sure) as sure from wmi_schema where wmi = ?');

/** Who builds fewer than a thousand a year has a 9 in position 3, and positions 12 to 14 say who it is. */
function wmiOf(vin: string): string {
  return vin[2] === '9' ? vin.slice(0, 3) + vin.slice(11, 14) : vin.slice(0, 3);
}

/** How much a pattern says: a character counts for a little more than a choice of several, and any for nothing. */
function weightOf({ keys }: Match): number {
  const choices = keys.match(/\[[^\]]*\]/g)?.length ?? 0;
  const characters = keys.replace(/\[[^\]]*\]|[?*|]/g, '').length;
  return choices * 9 + characters * 10;
}

/** The pattern that says most comes first, of those that say as much the one that was changed last. */
function byWeight(one: Match, other: Match): number {
  const difference = weightOf(other) - weightOf(one);
  if (difference !== 0) return difference;
  return other.changed_at < one.changed_at ? -1 : 1;
}

function factsOf(vin: string, modelYear: number): VinFacts | null {
  const keys = `${vin.slice(3, 8)}|${vin.slice(9)}`;
  const matches = matching.all(wmiOf(vin), modelYear, keys) as unknown as Match[];
  const best = new Map<Detail, Match>();
  for (const match of matches.sort(byWeight)) if (!best.has(match.element)) best.set(match.element, match);
  const model = best.get('model');
  if (!model?.make) return null;
  const wordsFor = (element: Detail) => best.get(element)?.value || null;
  const trims = new Set(matches.flatMap(({ element, value }) => (element === 'trim' ? [value] : [])));
  return {
    modelYear,
    make: model.make,
    model: model.value,
    // Of several, none is known to be the car's.
    trim: trims.size === 1 ? wordsFor('trim') : null,
    bodyClass: wordsFor('bodyClass'),
    primaryFuel: wordsFor('primaryFuel'),
    secondaryFuel: wordsFor('secondaryFuel'),
    electrification: wordsFor('electrification'),
    driveType: wordsFor('driveType'),
  };
}

function answer({ vin, modelYears }: VinQuestion): VinFacts | null {
  const [likeliest, ...others] = modelYears;
  if (likeliest === undefined) return null;
  const facts = factsOf(vin, likeliest);
  if (facts) return facts;
  const { sure } = sureness.get(wmiOf(vin)) as { sure: number | null };
  if (sure !== 0) return null;
  for (const year of others) {
    const later = factsOf(vin, year);
    if (later) return later;
  }
  return null;
}

parentPort?.on('message', (questions: readonly VinQuestion[]) => {
  parentPort?.postMessage(questions.map(answer));
});
