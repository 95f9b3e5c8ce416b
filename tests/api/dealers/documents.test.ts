import { beforeAll, describe, expect, it } from 'vitest';
import { listenersPart } from '../../../src/kernel/unit-of-work.js';
import { AccountDeleted } from '../../../src/modules/accounts/index.js';
import { DealerDocumentsDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { fileOf, giveDocument, licence } from '../../support/documents.js';
import { storedFiles } from '../../support/multipart.js';
import { deleteAccount, leave } from '../accounts/leaving.js';
import { documentRows } from './stored.js';

describe.each(databaseKinds)('the documents of a dealer on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let other: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    other = await app.build.dealer();
    await giveDocument(app, dealer, fileOf(licence, 'first.pdf'));
    app.clock.advance(MINUTE);
    await giveDocument(app, dealer, fileOf(licence, 'second.pdf'));
    await giveDocument(app, other, fileOf(licence, 'of another.pdf'));
  });

  const documents = async (id: string, person: { token?: string } = {}) =>
    (await app.ok(DealerDocumentsDocument, { id }, person)).dealer?.documents;
  const link = async (person: { token?: string }): Promise<string> => {
    const [first] = (await documents(dealer.dealerId, person)) ?? [];
    const url = new URL(first?.downloadUrl as string);
    return `${app.url}${url.pathname}${url.search}`;
  };

  it('are shown to the dealer and to admins, the oldest first', async () => {
    for (const person of [dealer, await app.build.admin()]) {
      const names = (await documents(dealer.dealerId, person))?.map(({ filename }) => filename);
      expect(names).toEqual(['first.pdf', 'second.pdf']);
    }
  });

  it('are none to everybody else, on whatever way they come', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const listing = 'query ($id: ID!) { vehicle(id: $id) { dealer { documents { id } } } }';
    for (const person of [{}, await app.build.buyer(), other]) {
      expect(await documents(dealer.dealerId, person)).toEqual([]);
      expect(await app.ok(listing, { id: vehicle.id }, person)).toEqual({
        vehicle: { dealer: { documents: [] } },
      });
    }
  });

  it('are downloaded by dealer and admin, as they were given and so that nothing in them runs', async () => {
    for (const person of [dealer, await app.build.admin()]) {
      const response = await fetch(await link(person));
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer()).equals(licence)).toBe(true);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/pdf',
        'content-disposition': expect.stringMatching(/^attachment; filename="[0-9a-f-]{36}\.pdf"$/),
        'cache-control': 'private, no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('are there for nobody without a link, by one that is altered, or by one for something else', async () => {
    const good = await link(dealer);
    const foreign = new URL((await documents(other.dealerId, other))?.[0]?.downloadUrl as string);
    const tries = [
      good.split('?')[0] as string,
      `${good}x`,
      good.replace('signature=', 'signature=A'),
      good.replace(/expires=(\d+)/, (_all, at) => `expires=${Number(at) + 60}`),
      `${good.split('?')[0]}${foreign.search}`,
    ];
    for (const url of tries) {
      // The dealer's own token opens nothing either.
      const response = await fetch(url, { headers: { authorization: `Bearer ${dealer.token}` } });
      expect([url, response.status]).toEqual([url, 404]);
    }
  });

  it('are behind a link for 5 minutes', async () => {
    const url = await link(dealer);
    app.clock.advance(5 * MINUTE - 1_000);
    expect((await fetch(url)).status).toBe(200);
    app.clock.advance(1_000);
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(await link(dealer))).status).toBe(200);
  });

  it('stay, files and all, where the leaving comes to nothing', async () => {
    const { parts } = app.system.services;
    const listeners = parts.get(listenersPart);
    parts.set(listenersPart, {
      async tell(tx, event) {
        await listeners.tell(tx, event);
        if (event instanceof AccountDeleted) throw new Error('Undone');
      },
    });
    const before = [await documentRows(app, dealer.dealerId), await storedFiles(app)];
    expect(app.errorOf(await deleteAccount(app, dealer)).code).toBe('INTERNAL_SERVER_ERROR');
    parts.set(listenersPart, listeners);
    expect([await documentRows(app, dealer.dealerId), await storedFiles(app)]).toEqual(before);
  });

  it('go with the account, files and links and all', async () => {
    const url = await link(dealer);
    const keys = (await documentRows(app, dealer.dealerId)).map(({ key }) => key);
    expect(await storedFiles(app)).toEqual(expect.arrayContaining(keys));
    await leave(app, await app.build.login(dealer));
    expect(await documentRows(app, dealer.dealerId)).toEqual([]);
    expect((await fetch(url)).status).toBe(404);
    const [left] = await documentRows(app, other.dealerId);
    expect(await storedFiles(app)).toEqual([left?.key]);
  });
});
