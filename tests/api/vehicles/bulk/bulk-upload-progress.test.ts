import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BulkReader, bulkReaderPart } from '../../../../src/modules/vehicles/bulk/bulk-reader.js';
import { progressOf, uploadTopic } from '../../../../src/modules/vehicles/bulk/bulk-upload.live.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { DealerPerson } from '../../../support/builders.js';
import { busListeners, until, useLive } from '../../../support/live.js';
import { formOf } from '../../../support/uploads.js';
import { BULK_UPLOAD, bring, HEADER, inventory, rowOf, send } from './files.js';

const PROGRESS = `subscription ($id: ID!) {
  bulkUploadProgress(id: $id) { id status totalRows created finishedAt errors { line } }
}`;
const ONE = 'query ($id: ID!) { bulkUpload(id: $id) { status totalRows created failed } }';
const LIST = '{ bulkUploads(first: 2) { totalCount nodes { id status } pageInfo { hasNextPage } } }';

interface Progress {
  bulkUploadProgress: { status: string; totalRows: number; created: number; finishedAt: string | null };
}

describe.each(databaseKinds)('the progress of an upload on %s', (kind) => {
  // Less than an upload takes, so that who waits for one waits longer.
  const app = useApp(kind, { config: { operationTimeoutMs: 2_500 } });
  const live = useLive(app);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });
  afterEach(() => vi.restoreAllMocks());

  const file = (rows: number) =>
    [HEADER, ...Array.from({ length: rows }, () => rowOf(app.build.vin()))].join('\n');
  const reader = () => app.system.services.parts.get(bulkReaderPart);
  /** Takes a file in without anybody who reads it. */
  const queued = async (content: string) => {
    const held = vi.spyOn(reader(), 'look').mockResolvedValue(0);
    const told = await bring(app, dealer, content, { wait: false });
    held.mockRestore();
    expect(told).toMatchObject({ totalRows: 0, bulkUpload: { status: 'QUEUED' } });
    return told.bulkUpload.id;
  };
  const ended = async (id: string) => {
    for (;;) {
      const { bulkUpload } = await app.ok<{ bulkUpload: { status: string } }, object>(ONE, { id }, dealer);
      if (['COMPLETED', 'FAILED'].includes(bulkUpload.status)) return bulkUpload;
      await pause(10);
    }
  };

  it('is told from how it stands, batch by batch, to its end', async () => {
    const id = await queued(file(350));
    const following = await live.listen<Progress, object>(dealer, uploadTopic(id), PROGRESS, { id });
    await following.take(1);
    await reader().look();
    await until('its end', () => following.isComplete);
    const told = following.results.map(({ bulkUploadProgress }) => bulkUploadProgress);
    expect(told[0]).toMatchObject({ status: 'QUEUED', totalRows: 0, finishedAt: null });
    expect(told.at(-1)).toMatchObject({ status: 'COMPLETED', totalRows: 350, created: 350 });
    expect(told.at(-1)?.finishedAt).not.toBeNull();
    const counts = told.map(({ totalRows }) => totalRows);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(counts).size).toBeGreaterThan(2);
    expect(busListeners(app, uploadTopic(id))).toBe(0);
  });

  it('is told also where nothing is announced', async () => {
    const id = await queued(file(1));
    const following = await live.listen<Progress, object>(dealer, uploadTopic(id), PROGRESS, { id });
    await following.take(1);
    vi.spyOn(app.system.services.bus, 'publish').mockReturnValue();
    await reader().look();
    await until('its end', () => following.isComplete);
    expect(following.results.at(-1)?.bulkUploadProgress).toMatchObject({ status: 'COMPLETED', created: 1 });
  });

  it('is told at once and whole of one that is over', async () => {
    const { bulkUpload } = await bring(app, dealer, file(1));
    const following = live.client(dealer).follow<Progress, object>(PROGRESS, { id: bulkUpload.id });
    await until('its end', () => following.isComplete);
    expect(following.results.map((result) => result.bulkUploadProgress.status)).toEqual(['COMPLETED']);
  });

  it('may be waited for longer than an operation takes', async () => {
    const slow = app.system.services.storage;
    const open = slow.open.bind(slow);
    vi.spyOn(slow, 'open').mockImplementation(async (key) => {
      await pause(1_350);
      return open(key);
    });
    const startedAt = performance.now();
    const told = await bring(app, dealer, file(1));
    expect(told).toMatchObject({ created: 1, bulkUpload: { status: 'COMPLETED' } });
    expect(performance.now() - startedAt).toBeGreaterThan(2_600);
  });

  it('goes on when the client has gone', async () => {
    const slow = app.system.services.storage;
    const open = slow.open.bind(slow);
    let opened = 0;
    vi.spyOn(slow, 'open').mockImplementation(async (key) => {
      opened++;
      await pause(300);
      return open(key);
    });
    const before = (await inventory(app, dealer.dealerId)).length;
    const form = new FormData();
    form.set('operations', JSON.stringify({ query: BULK_UPLOAD, variables: { input: { file: null } } }));
    form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
    form.set('0', new Blob([file(3)]));
    const leaving = new AbortController();
    const request = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${dealer.token}`, 'apollo-require-preflight': 'true' },
      body: form,
      signal: leaving.signal,
    }).catch(() => 'gone');
    await until('it to be read', () => opened > 0);
    leaving.abort();
    expect(await request).toBe('gone');
    const { bulkUploads } = await app.ok<{ bulkUploads: { nodes: Array<{ id: string }> } }, object>(
      LIST,
      {},
      dealer,
    );
    expect(await ended(bulkUploads.nodes[0]?.id as string)).toMatchObject({
      status: 'COMPLETED',
      created: 3,
    });
    expect((await inventory(app, dealer.dealerId)).length).toBe(before + 3);
  });

  it('is waited for no longer when the client has gone, though nobody reads it', async () => {
    const held = vi.spyOn(reader(), 'look').mockResolvedValue(0);
    const subscribed: string[] = [];
    const { bus } = app.system.services;
    const subscribe = bus.subscribe.bind(bus);
    vi.spyOn(bus, 'subscribe').mockImplementation((topic, listener) => {
      subscribed.push(topic);
      return subscribe(topic, listener);
    });
    const leaving = new AbortController();
    const request = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${dealer.token}`, 'apollo-require-preflight': 'true' },
      body: formOf({ query: BULK_UPLOAD, variables: { input: { file: new Blob([file(1)]) } } }) as FormData,
      signal: leaving.signal,
    }).catch(() => 'gone');
    await until('somebody to wait', () => subscribed.some((topic) => topic.startsWith('bulk-upload:')));
    const topic = subscribed.find((name) => name.startsWith('bulk-upload:')) as string;
    expect(busListeners(app, topic)).toBe(1);
    leaving.abort();
    expect(await request).toBe('gone');
    await until('nobody to wait', () => busListeners(app, topic) === 0);
    const id = topic.slice(topic.indexOf(':') + 1);
    const { bulkUpload } = await app.ok<{ bulkUpload: { status: string } }, object>(ONE, { id }, dealer);
    expect(bulkUpload.status).toBe('QUEUED');
    held.mockRestore();
    await reader().look();
    expect(await ended(id)).toMatchObject({ status: 'COMPLETED', created: 1 });
  });

  it('leaves nobody at the bus when it cannot be read', async () => {
    const id = await queued(file(1));
    const ctx = app.system.makeCtx();
    const progress = progressOf(ctx, id);
    expect(busListeners(app, uploadTopic(id))).toBe(1);
    vi.spyOn(ctx.em, 'getKysely').mockImplementation(() => {
      throw new Error('away');
    });
    await expect(progress.next()).rejects.toThrow('away');
    expect(busListeners(app, uploadTopic(id))).toBe(0);
    expect(await progress.next()).toEqual({ value: undefined, done: true });
    await reader().look();
    await ended(id);
  });

  it('is listed, the newest first, to the dealer whose it is', async () => {
    const other = await app.build.dealer();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      app.clock.advance(1);
      ids.unshift((await bring(app, other, HEADER)).bulkUpload.id);
    }
    const { bulkUploads } = await app.ok<{ bulkUploads: object }, object>(LIST, {}, other);
    expect(bulkUploads).toEqual({
      totalCount: 3,
      nodes: ids.slice(0, 2).map((id) => ({ id, status: 'COMPLETED' })),
      pageInfo: { hasNextPage: true },
    });
    expect(await app.ok(ONE, { id: ids[0] }, dealer)).toEqual({ bulkUpload: null });
    expect(await app.ok(ONE, { id: 'x' }, other)).toEqual({ bulkUpload: null });
  });
});

describe('what is wrong with uploads', () => {
  const app = useApp('sqlite');

  it('is told of some of them at a time, for each may have a thousand faults', async () => {
    const dealer = await app.build.dealer();
    await bring(app, dealer, `${HEADER}\nX,,,,,`);
    const ask = (first: number) =>
      app.request(`{ bulkUploads(first: ${first}) { nodes { errors { line } } } }`, {}, dealer);
    expect(app.errorOf(await ask(20)).code).toBe('QUERY_TOO_COMPLEX');
    expect((await ask(4)).data).toEqual({
      bulkUploads: { nodes: [{ errors: Array.from({ length: 6 }, () => ({ line: 2 })) }] },
    });
  });
});

describe.each(databaseKinds)('who reads an upload on %s', (kind) => {
  const app = useApp(kind);
  const readers: BulkReader[] = [];
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    // Those of this test read, and nobody else does.
    vi.spyOn(app.system.services.parts.get(bulkReaderPart), 'look').mockResolvedValue(0);
  });
  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.stop()));
  });

  const another = () => {
    const reader = new BulkReader(50_000);
    reader.start(app.system.makeCtx);
    readers.push(reader);
    return reader;
  };
  const arrange = async (rows: number) => {
    const vins = Array.from({ length: rows }, () => app.build.vin());
    const content = [HEADER, ...vins.map((vin) => rowOf(vin))].join('\n');
    const { bulkUpload } = await bring(app, dealer, content, { wait: false });
    return { id: bulkUpload.id, vins };
  };
  const stateOf = async (id: string) => {
    const [row] = await app.orm.em
      .fork()
      .getConnection()
      .execute('select * from bulk_uploads where id = ?', [id]);
    return row as {
      status: string;
      total_rows: number;
      created: number;
      updated: number;
      leased_until: unknown;
    };
  };
  const untilRows = async (id: string, rows: number) => {
    while ((await stateOf(id)).total_rows < rows) await pause(5);
  };
  const untilEnd = async (id: string) => {
    while (!['COMPLETED', 'FAILED'].includes((await stateOf(id)).status)) await pause(10);
    return stateOf(id);
  };
  const listed = async (vins: string[]) => {
    const all = new Set(vins);
    return (await inventory(app, dealer.dealerId)).filter(({ vin }) => all.has(vin as string)).length;
  };

  it('is one of many that look at the same time', async () => {
    const { id, vins } = await arrange(150);
    const taken = await Promise.all(Array.from({ length: 8 }, () => another().look()));
    expect(taken.toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(await untilEnd(id)).toMatchObject({
      status: 'COMPLETED',
      total_rows: 150,
      created: 150,
      updated: 0,
    });
    expect(await listed(vins)).toBe(150);
  });

  it('reads those of a dealer one after the other', async () => {
    const [first, second] = [await arrange(150), await arrange(1)];
    const [one, other] = [another(), another()];
    expect(await one.look()).toBe(1);
    expect(await other.look()).toBe(0);
    expect((await stateOf(second.id)).status).toBe('QUEUED');
    await untilEnd(first.id);
    // Whoever comes to the end of one looks for the next.
    expect(await untilEnd(second.id)).toMatchObject({ status: 'COMPLETED', created: 1 });
  });

  it('hands over where it stops, and nothing is read twice or left out', async () => {
    const { id, vins } = await arrange(450);
    const first = another();
    await first.look();
    await untilRows(id, 100);
    await first.stop();
    const between = await stateOf(id);
    expect(between.status).toBe('RUNNING');
    expect(between.total_rows).toBeLessThan(450);
    expect(between.created).toBe(between.total_rows);
    expect(await another().look()).toBe(1);
    expect(await untilEnd(id)).toMatchObject({
      status: 'COMPLETED',
      total_rows: 450,
      created: 450,
      updated: 0,
    });
    expect(await listed(vins)).toBe(450);
  });

  it('is another where one has died, as soon as its lease is over and not before', async () => {
    const { id, vins } = await arrange(250);
    const [first, second] = [another(), another()];
    const slow = app.system.services.storage;
    const open = slow.open.bind(slow);
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(slow, 'open').mockImplementationOnce(async (key) => {
      await stuck;
      return open(key);
    });
    expect(await first.look()).toBe(1);
    expect(await second.look()).toBe(0);
    app.clock.advance(60_001);
    expect(await second.look()).toBe(1);
    // The one that was taken for dead comes back, and finds that it is no longer its own.
    release();
    expect(await untilEnd(id)).toMatchObject({
      status: 'COMPLETED',
      total_rows: 250,
      created: 250,
      updated: 0,
    });
    await first.stop();
    expect(await listed(vins)).toBe(250);
    expect(await stateOf(id)).toMatchObject({ total_rows: 250, created: 250 });
  });

  it('has ten files of a dealer before it, and not one more', async () => {
    const other = await app.build.dealer();
    const one = () => send(app, other, HEADER, { wait: false });
    for (let count = 0; count < 8; count++) await one();
    const answers = await Promise.all(Array.from({ length: 5 }, one));
    const refusals = answers.filter(({ errors }) => errors).map((answer) => app.errorOf(answer));
    expect(refusals).toEqual(
      Array(3).fill({
        code: 'RATE_LIMITED',
        statusCode: 429,
        message: '10 of your files are still to be read.',
      }),
    );
    const run = (sql: string) => app.orm.em.fork().getConnection().execute(sql, [other.dealerId]);
    expect(await run('select id from bulk_uploads where dealer_id = ?')).toHaveLength(10);
    await run('delete from bulk_uploads where dealer_id = ?');
  });

  it('gives up on a dealership that has closed, and on one that may no longer publish', async () => {
    const rows = [HEADER, rowOf(app.build.vin())].join('\n');
    const { bulkUpload } = await bring(app, dealer, rows, { wait: false, publish: true });
    const set = (sql: string) => app.orm.em.fork().getConnection().execute(sql, [dealer.dealerId]);
    await set(`update dealers set verification_status = 'PENDING' where id = ?`);
    await another().look();
    expect(await untilEnd(bulkUpload.id)).toMatchObject({ status: 'FAILED', created: 0 });
    await set(`update dealers set verification_status = 'VERIFIED' where id = ?`);
    const { id } = await arrange(1);
    await set('update dealers set closed_at = 1 where id = ?');
    await another().look();
    expect(await untilEnd(id)).toMatchObject({ status: 'FAILED', total_rows: 0 });
    await set('update dealers set closed_at = null where id = ?');
  });
});
