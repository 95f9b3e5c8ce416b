import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A collection takes some 50 ms of everybody's time: with this much, that is once for some thousand rows. */
const GARBAGE_AT_MOST = 6 * 1024 * 1024;

/** As V8 has it behind `--expose-gc`. Async: by itself, where nothing on the stack seems to be in use. */
type Collect = (options: { type: 'major' | 'minor'; execution: 'async' }) => Promise<void>;

let collector: Collect | undefined;
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
  await collect('major');
  inUse = oldBytes();
}

/**
 * Has the buffers collected that a file went through: as much memory as the file, and next to nothing of the heap, so that
 * V8 sees no reason to. The young garbage alone, in a few milliseconds.
 */
export function letBuffersGo(): Promise<void> {
  return collect('minor');
}

function collect(type: 'major' | 'minor'): Promise<void> {
  collector ??= exposed();
  return collector({ type, execution: 'async' });
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
