import { expect, it } from 'vitest';
import { useApp } from '../../../support/app.js';
import { bring, HEADER, rowOf } from './files.js';

// One connection for all, and each batch has it for itself: who asks meanwhile must get in between.
const app = useApp('sqlite');

const MEANWHILE = `{
  vehicles(filter: { makes: ["Kia"] }, first: 20) { totalCount nodes { id dealer { businessName } } }
  bulkUploads(first: 1) { nodes { totalRows finishedAt } }
}`;

interface Meanwhile {
  vehicles: { totalCount: number };
  bulkUploads: { nodes: Array<{ totalRows: number; finishedAt: string | null }> };
}

it('a file of 1,000 rows lets others in between its batches', { timeout: 30_000 }, async () => {
  const dealer = await app.build.dealer();
  const rows = Array.from({ length: 1_000 }, () => rowOf(app.build.vin()));
  let isOver = false;
  const upload = bring(app, dealer, [HEADER, ...rows].join('\n'), { publish: true }).finally(() => {
    isOver = true;
  });
  const seen = new Set<number>();
  while (!isOver) {
    const { vehicles, bulkUploads } = await app.ok<Meanwhile, object>(MEANWHILE, {}, dealer);
    const [current] = bulkUploads.nodes;
    if (current && current.finishedAt === null) seen.add(vehicles.totalCount);
  }
  expect(await upload).toMatchObject({ totalRows: 1_000, created: 1_000 });
  // Ten batches, each whole or not at all.
  expect([...seen].filter((count) => count % 100 !== 0)).toEqual([]);
  expect(seen.size).toBeGreaterThanOrEqual(4);
});
