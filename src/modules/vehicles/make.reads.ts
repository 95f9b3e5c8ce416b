import type { Ctx } from '../../kernel/context.js';
import { type CountedKind, readKinds } from './facets/kinds.reads.js';
import { compareNames } from './vehicle.names.js';
import type { MakeCount } from './vehicle.payloads.js';

/** How many models `makes` names at most: the ones with the most listings. */
const MAX_MODELS = 1_000;

type Model = Pick<CountedKind, 'makeKey' | 'make' | 'modelKey' | 'model'> & { count: number };

/** Makes and models on the market, by name. One statement: see `readKinds`. */
export async function readMakes(ctx: Ctx): Promise<MakeCount[]> {
  const models = modelsOf(await readKinds(ctx));
  const counts = new Map<string, number>();
  for (const { makeKey, count } of models) counts.set(makeKey, (counts.get(makeKey) ?? 0) + count);
  const makes = new Map<string, MakeCount>();
  for (const { makeKey, make, model, count } of models.sort(byCount).slice(0, MAX_MODELS)) {
    const named = makes.get(makeKey) ?? { make, count: counts.get(makeKey) ?? 0, models: [] };
    makes.set(makeKey, named);
    named.models.push({ value: model, count });
  }
  for (const make of makes.values()) make.models.sort((a, b) => compareNames(a.value, b.value));
  return [...makes.values()].sort((a, b) => compareNames(a.make, b.make));
}

function modelsOf(kinds: readonly CountedKind[]): Model[] {
  const models = new Map<string, Model>();
  for (const { makeKey, make, modelKey, model, count } of kinds) {
    const key = JSON.stringify([makeKey, modelKey]);
    const counted = models.get(key) ?? { makeKey, make, modelKey, model, count: 0 };
    models.set(key, counted);
    counted.count += count;
  }
  return [...models.values()];
}

function byCount(a: Model, b: Model): number {
  return b.count - a.count || compareNames(a.makeKey, b.makeKey) || compareNames(a.modelKey, b.modelKey);
}
