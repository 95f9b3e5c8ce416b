// `npm run bench` measures the showroom's pages; `-- --reads` and the others compare one thing with another.
import 'reflect-metadata';
import { parseArgs } from 'node:util';

const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  /** Each page of the showroom at 1,000 and at 100,000 vehicles, and the plans of its statements with --explain. */
  showroom: () => import('./showroom.js'),
  explain: () => import('./explain.js'),
  /** A file of 50,000 vehicles: time, memory, and what other clients notice of it. */
  bulk: () => import('./bulk-upload.js'),
  /** The planned read path against the obvious one. */
  reads: () => import('./reads.js'),
};

const options = Object.fromEntries(Object.keys(benches).map((name) => [name, { type: 'boolean' as const }]));
const { values } = parseArgs({ options });
const [name = 'showroom'] = Object.keys(values);
await benches[name]?.();
