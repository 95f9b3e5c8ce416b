import { expect, it } from 'vitest';
import { compose } from '../../../../src/app/compose.js';
import { startServer } from '../../../../src/app/server.js';
import { testLog, useApp } from '../../../support/app.js';
import { pause } from '../../../support/live.js';
import { formOf } from '../../../support/uploads.js';
import { BULK_UPLOAD, HEADER, inventory, rowOf, type Told, uploads } from './files.js';

const app = useApp('sqlite');

it('a server that stops waits for no file, and another reads it to its end', {
  timeout: 30_000,
}, async () => {
  const dealer = await app.build.dealer();
  // Another process on the same database and the same files.
  const other = await compose(app.system.config, { clock: app.clock, log: testLog });
  const server = await startServer(other);
  const rows = Array.from({ length: 1_500 }, () => rowOf(app.build.vin()));
  const file = new Blob([[HEADER, ...rows].join('\n')]);
  const answer = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${dealer.token}`, 'apollo-require-preflight': 'true' },
    body: formOf({ query: BULK_UPLOAD, variables: { input: { file } } }) as FormData,
  }).then((response) => response.json() as Promise<{ data: { bulkUploadVehicles: Told } }>);
  const state = async () => (await uploads(app))[0];
  while (Number((await state())?.total_rows ?? 0) < 100) await pause(5);

  const startedAt = performance.now();
  await server.close();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  // Who waits for its end is told how far it has come, and where to look for the rest.
  const told = (await answer).data.bulkUploadVehicles;
  expect(told.bulkUpload).toMatchObject({ status: 'RUNNING', failure: null });
  expect(told.totalRows).toBeLessThan(1_500);
  const left = await state();
  expect(left).toMatchObject({ status: 'RUNNING' });
  expect(Number(left?.leased_until)).toBeLessThanOrEqual(app.clock.now().getTime());
  expect(Number(left?.total_rows)).toBeLessThan(1_500);

  for (const job of app.system.jobs) {
    if (job.name === 'read-bulk-uploads') expect(await job.run(app.system.makeCtx())).toBe(1);
  }
  while ((await state())?.finished_at === null) await pause(20);
  expect(await state()).toMatchObject({ status: 'COMPLETED', total_rows: 1_500, created: 1_500, updated: 0 });
  expect(await inventory(app, dealer.dealerId)).toHaveLength(1_500);
});
