import { randomUUID } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { listenersPart } from '../../../../src/kernel/unit-of-work.js';
import { bulkReaderPart } from '../../../../src/modules/vehicles/bulk/bulk-reader.js';
import { BulkUpload } from '../../../../src/modules/vehicles/bulk/bulk-upload.entity.js';
import {
  readBulkUploads,
  sweepBulkFiles,
  sweepBulkUploads,
} from '../../../../src/modules/vehicles/bulk/bulk-upload.jobs.js';
import { VehiclePublished, VehicleRepriced } from '../../../../src/modules/vehicles/vehicle.events.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { DealerPerson } from '../../../support/builders.js';
import { DAY } from '../../../support/clock.js';
import { bring, HEADER, inventory, rowOf, uploads } from './files.js';

describe.each(databaseKinds)('the jobs of bulk uploads on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  const folder = () => join(app.files, 'uploads', 'bulk_uploads');

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  const file = () => [HEADER, rowOf(app.build.vin())].join('\n');
  const queued = async () => {
    const held = vi.spyOn(app.system.services.parts.get(bulkReaderPart), 'look').mockResolvedValue(0);
    const { bulkUpload } = await bring(app, dealer, file(), { wait: false });
    held.mockRestore();
    return bulkUpload.id;
  };

  it('take on what nobody was told of', async () => {
    const id = await queued();
    expect(await readBulkUploads(1).run(app.system.makeCtx())).toBe(1);
    await vi.waitUntil(
      async () => (await uploads(app)).some((row) => row.id === id && row.status === 'COMPLETED'),
      10_000,
    );
    expect(await readBulkUploads(1).run(app.system.makeCtx())).toBe(0);
  });

  it('delete files that no upload names, and keep those that are still to be read', async () => {
    await queued();
    const [kept] = (await readdir(folder())) as [string];
    const { storage } = app.system.services;
    await storage.put('bulk_uploads/orphan.csv', Readable.from(['vin']), 'text/csv');
    const longAgo = new Date(app.clock.now().getTime() - 2 * DAY);
    for (const name of await readdir(folder())) await utimes(join(folder(), name), longAgo, longAgo);
    expect(await sweepBulkFiles.run(app.system.makeCtx())).toBe(1);
    expect(await readdir(folder())).toEqual([kept]);
    await readBulkUploads(1).run(app.system.makeCtx());
    await vi.waitUntil(async () => (await readdir(folder())).length === 0);
  });

  it('forget what is 30 days old, and nothing that is not over', async () => {
    const over = (await bring(app, dealer, file())).bulkUpload.id;
    const waiting = await queued();
    app.clock.advance(30 * DAY);
    expect(await sweepBulkUploads.run(app.system.makeCtx())).toBe(0);
    const kept = (await uploads(app)).map(({ id }) => id);
    expect(kept).toContain(over);
    app.clock.advance(1);
    expect(await sweepBulkUploads.run(app.system.makeCtx())).toBe(kept.length - 1);
    expect((await uploads(app)).map(({ id }) => id)).toEqual([waiting]);
  });

  it('forget all that is 30 days old, however much it is', async () => {
    dealer = await app.build.login(dealer);
    const { id } = (await bring(app, dealer, file())).bulkUpload;
    const em = app.orm.em.fork();
    const { id: _, ...one } = (await em.findOneOrFail(BulkUpload, id, {
      disableIdentityMap: true,
    })) as BulkUpload;
    const many = Array.from({ length: 1_200 }, () => ({ ...one, id: randomUUID() }));
    await em.insertMany(BulkUpload, many as never[]);
    app.clock.advance(30 * DAY + 1);
    const due = (await uploads(app)).length;
    expect(due).toBeGreaterThan(1_200);
    expect(await sweepBulkUploads.run(app.system.makeCtx())).toBe(due);
    expect(await uploads(app)).toEqual([]);
  });

  it('give up on what nobody could read for a day', async () => {
    dealer = await app.build.login(dealer);
    const id = await queued();
    app.clock.advance(DAY + 1);
    await readBulkUploads(1).run(app.system.makeCtx());
    const stored = async () => (await uploads(app)).find((row) => row.id === id);
    await vi.waitUntil(async () => (await stored())?.status === 'FAILED');
    expect(await stored()).toMatchObject({ total_rows: 0, key: null });
  });
});

describe.each(databaseKinds)('a file of vehicles beside what else happens on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  it('tells what single mutations tell: published, repriced, changed', async () => {
    const listed = await app.build.vehicle(dealer);
    const untouched = await app.build.vehicle(dealer, {
      make: 'Kia',
      model: 'Rio',
      year: 2020,
      mileage: 1_000,
    });
    const told: object[] = [];
    const listeners = app.system.services.parts.get(listenersPart);
    const tell = listeners.tell.bind(listeners);
    const spy = vi.spyOn(listeners, 'tell').mockImplementation((tx, event) => {
      told.push(event);
      return tell(tx, event);
    });
    const heard: unknown[] = [];
    const stops = [listed, untouched].map(({ id }) =>
      app.system.services.bus.subscribe(`vehicle:${id}`, (message) => heard.push(message.id)),
    );
    const fresh = app.build.vin();
    const rows = [rowOf(listed.vin, '18000'), rowOf(untouched.vin, '20000'), rowOf(fresh)];
    expect(await bring(app, dealer, [HEADER, ...rows].join('\n'), { publish: true })).toMatchObject({
      created: 1,
      updated: 2,
    });
    await vi.waitUntil(() => heard.length > 0);
    spy.mockRestore();
    for (const stop of stops) stop();
    const [made] = (await inventory(app, dealer.dealerId)).filter(({ vin }) => vin === fresh);
    expect(told).toEqual([
      new VehicleRepriced(listed.id, 2_000_000, 1_800_000),
      new VehiclePublished(made?.id as string, dealer.dealerId),
    ]);
    expect(heard).toEqual([listed.id]);
  });

  it('meets a vehicle that is listed by hand at the same moment, and both are right', async () => {
    const CREATE = `mutation ($input: CreateVehicleInput!) { createVehicle(input: $input) { vehicle { id } } }`;
    const vins = Array.from({ length: 60 }, () => app.build.vin());
    const byHand = async () => {
      const codes: string[] = [];
      for (const vin of vins.slice(0, 30)) {
        const input = { vin, make: 'Ford', model: 'Focus', year: 2019, mileage: 5, askingPrice: '9000' };
        const response = await app.request(CREATE, { input }, dealer);
        codes.push(response.errors ? app.errorOf(response).code : 'created');
      }
      return codes;
    };
    const [told, codes] = await Promise.all([
      bring(app, dealer, [HEADER, ...vins.map((vin) => rowOf(vin))].join('\n')),
      byHand(),
    ]);
    expect(told).toMatchObject({ totalRows: 60, failed: 0 });
    expect(codes.filter((code) => code !== 'created' && code !== 'CONFLICT')).toEqual([]);
    expect(told.updated).toBe(codes.filter((code) => code === 'created').length);
    const wanted = new Set(vins);
    const rows = (await inventory(app, dealer.dealerId)).filter(({ vin }) => wanted.has(vin as string));
    expect([rows.length, new Set(rows.map(({ make }) => make))]).toEqual([60, new Set(['Kia'])]);
  });

  it('leaves the batches before a failure of the database, and goes on when that is over', async () => {
    const vins = Array.from({ length: 250 }, () => app.build.vin());
    const { storage } = app.system.services;
    const open = storage.open.bind(storage);
    // The file cannot be opened for its rows: the second time that it is wanted.
    let count = 0;
    const spy = vi.spyOn(storage, 'open').mockImplementation((key) => {
      if (++count === 2) throw new Error('The disk is away');
      return open(key);
    });
    const file = [HEADER, ...vins.map((vin) => rowOf(vin))].join('\n');
    const { bulkUpload } = await bring(app, dealer, file, { wait: false });
    await vi.waitUntil(() => count === 2);
    const stored = async () => (await uploads(app)).find(({ id }) => id === bulkUpload.id);
    expect(await stored()).toMatchObject({ status: 'RUNNING', total_rows: 0 });
    const reader = app.system.services.parts.get(bulkReaderPart);
    await vi.waitUntil(async () => (await reader.look()) === 0);
    app.clock.advance(60_001);
    expect(await reader.look()).toBe(1);
    await vi.waitUntil(async () => (await stored())?.status === 'COMPLETED', { timeout: 10_000 });
    spy.mockRestore();
    expect(await stored()).toMatchObject({ total_rows: 250, created: 250, updated: 0, failed: 0 });
  });
});
