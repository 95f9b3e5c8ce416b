import DataLoader from 'dataloader';
import type { Ctx, LoaderDefinition, LoaderPool } from './context.js';

export function defineLoader<K, V>(
  batch: LoaderDefinition<K, V>['batch'],
  cacheKey?: (key: K) => string,
): LoaderDefinition<K, V> {
  return cacheKey ? { batch, cacheKey } : { batch };
}

/** SQLite and PostgreSQL bound the parameters of a statement; far fewer than either bound are still efficient. */
const MAX_BATCH = 1_000;

export class Loaders implements LoaderPool {
  private readonly made = new Map<unknown, DataLoader<unknown, unknown, unknown>>();

  of<K, V>(
    ctx: Ctx,
    definition: LoaderDefinition<K, V>,
    variant: unknown = definition,
  ): DataLoader<K, V, unknown> {
    const found = this.made.get(variant);
    if (found) return found as DataLoader<K, V, unknown>;
    const loader = new DataLoader<K, V, unknown>((keys) => definition.batch(ctx, keys), {
      maxBatchSize: MAX_BATCH,
      ...(definition.cacheKey ? { cacheKeyFn: definition.cacheKey } : {}),
    });
    this.made.set(variant, loader as DataLoader<unknown, unknown, unknown>);
    return loader;
  }

  clear(): void {
    this.made.clear();
  }
}

/** Puts rows in the order of the keys that asked for them; a key without a row gets `missing`. */
export function inOrderOf<K, R, V>(
  keys: readonly K[],
  rows: readonly R[],
  keyOf: (row: R) => K,
  value: (row: R) => V,
  missing: V,
): V[] {
  const byKey = new Map<K, V>();
  for (const row of rows) byKey.set(keyOf(row), value(row));
  return keys.map((key) => byKey.get(key) ?? missing);
}
