import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A collection takes some 50 ms of everybody's time: with this much, that is once for more than a thousand rows. */
const GARBAGE_AT_MOST = 10 * 1024 * 1024;

/** As V8 has it behind `--expose-gc`. Async: by itself, where nothing on the stack seems to be in use. */
type Collect = (options: { type: 'major'; execution: 'async' }) => Promise<void>;

let collect: Collect | undefined;
/**
 * What was left of the heap by the last collection, or less; at first what was there at the first look, so that nothing
 * is collected for a file of a few rows. One heap, however many readers there are.
 */
let inUse = Number.POSITIVE_INFINITY;

/**
 * Has what readers leave behind collected before it is much. V8 sees no reason to while the machine has memory to spare,
 * and the process would hold hundreds of megabytes of garbage. Young garbage does not count: V8 sees to that itself.
 */
export async function keepHeapSmall(): Promise<void> {
  const used = oldBytes();
  inUse = Math.min(inUse, used);
  if (used - inUse < GARBAGE_AT_MOST) return;
  collect ??= exposed();
  await collect({ type: 'major', execution: 'async' });
  inUse = oldBytes();
}

function oldBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !name.startsWith('new_'))
    .reduce((sum, space) => sum + space.space_used_size, 0);
}

/** As if the process had been started with `--expose-gc`; only contexts that are made afterwards have the function. */
function exposed(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
