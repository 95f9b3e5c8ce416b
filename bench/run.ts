// `npm run bench` measures the showroom's pages; `-- --reads` and the others compare one thing with another.
import 'reflect-metadata';
import { parseArgs } from 'node:util';

const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  /** Each page of the showroom at 1,000 and at 100,000 vehicles, and the plans of its statements with --explain. */
  showroom: () => import('./showroom.js'),
  explain: () => import('./explain.js'),
  /** The dashboards in a market with a million views, saves and offers; with --explain the plans of their statements. */
  figures: () => import('./figures.js'),
  /** A file of 50,000 vehicles: time, memory, and what other clients notice of it. */
  bulk: () => import('./bulk-upload.js'),
  /** 10,000 negotiations that are due at the same moment, and what others notice of it. */
  sweep: () => import('./sweep.js'),
  /** One event to 1,000 and 5,000 subscribers, and what each of them takes in memory, beside a bare `ws`. */
  live: () => import('./live.js'),
  /** What docs/scale.md reckons with: a million vehicles, ten million events and streams, Redis. 15 minutes. */
  scale: () => import('./scale.js'),
  /** The planned read path against the obvious one. */
  reads: () => import('./reads.js'),
};

const options = Object.fromEntries(Object.keys(benches).map((name) => [name, { type: 'boolean' as const }]));
const { values } = parseArgs({ options });
const [name = 'showroom'] = Object.keys(values);
await benches[name]?.();
