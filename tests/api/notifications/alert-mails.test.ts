import { beforeEach, describe, expect, it } from 'vitest';
import { ArchiveVehicleDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson, Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { upTo } from '../../support/live.js';
import { storedMail } from '../mail/outbox.js';
import { keepingOn } from '../vehicles/saved/keeping.js';
import { MailFolder, prefer, type Received } from './inboxes.js';

describe.each(databaseKinds)('the mails about alerts, on %s', (kind) => {
  const app = useApp(kind, { config: { accessTokenTtlMs: 36_500 * DAY } });
  const folder = new MailFolder(app);
  const { keepSearch, match, save, tell, update } = keepingOn(app);
  let dealer: DealerPerson;
  let buyer: Person;
  let makes = 0;
  let make: string;

  beforeEach(async () => {
    dealer ??= await app.build.dealer();
    buyer = await app.build.buyer();
    make = `Make ${++makes}`;
    await keepSearch(buyer, { name: 'Visit evil.test', filter: { makes: [make] }, alertsEnabled: true });
    await folder.clear();
  });

  const list = (more: object = {}) => app.build.vehicle(dealer, { make, ...more });
  const hourly = async (): Promise<Received[]> => {
    app.clock.advance(HOUR);
    return folder.deliver();
  };

  it('are sent to nobody who has not asked for them', async () => {
    const vehicle = await list();
    await save(buyer, vehicle);
    await match();
    await update(vehicle, { askingPrice: '19000' });
    await tell();
    expect(await hourly()).toEqual([]);
    expect((await storedMail(app)).mails).toEqual([]);
  });

  it('tell of all matches of an hour in one, each once, but for those that are gone', async () => {
    await prefer(app, buyer, 'SAVED_SEARCH_MATCH', true);
    await keepSearch(buyer, { name: 'Again', filter: { makes: [make] }, alertsEnabled: true });
    const gone = await list({ model: 'Gone' });
    await list({ model: 'Second', askingPrice: '21000' });
    await match();
    app.clock.advance(HOUR / 2);
    await list({ model: 'Third' });
    await match();
    await app.ok(ArchiveVehicleDocument, { input: { id: gone.id } }, dealer);
    expect(await folder.deliver()).toEqual([]);
    app.clock.advance(HOUR / 2);
    const [mail, ...more] = (await folder.deliver()) as [Received];
    expect(more).toEqual([]);
    expect([mail.to, mail.subject]).toEqual([buyer.email, '2 new matches for your saved searches']);
    expect(mail.text).toContain(
      `:\n\n2021 ${make} Second XLE: $21,000.00\n\n2021 ${make} Third XLE: $20,000.00\n\nSee them all:\n`,
    );
    expect(mail.text + mail.html + mail.subject, 'a search may be called anything').not.toContain('evil');
    expect(await hourly()).toEqual([]);
  });

  it('link to the vehicle where it is one', async () => {
    await prefer(app, buyer, 'SAVED_SEARCH_MATCH', true);
    const { id } = await list();
    await match();
    const [mail] = (await hourly()) as [Received];
    expect(mail.subject).toBe(`New match for a saved search: the 2021 ${make} Camry XLE`);
    expect(mail.text).toContain(
      `\n\nThe 2021 ${make} Camry XLE for $20,000.00 matches a saved search of yours.\n\n`,
    );
    expect(mail.text).toContain(`See the vehicle:\n${app.system.config.webUrl}/vehicles/${id}\n`);
  });

  it('list twenty of a file of vehicles, and count the rest', async () => {
    await prefer(app, buyer, 'SAVED_SEARCH_MATCH', true);
    for (const _ of upTo(23)) await list();
    while ((await match()) > 0);
    const mails = await hourly();
    expect(mails.map(({ subject }) => subject)).toEqual(['23 new matches for your saved searches']);
    expect(mails[0]?.text).toContain('\n\n… and 3 more.\n\n');
    expect(mails[0]?.text.match(/Camry XLE: /g)).toHaveLength(20);
  });

  it('tell of price drops by themselves', async () => {
    await prefer(app, buyer, 'PRICE_DROP', true);
    const vehicle = await list();
    await save(buyer, vehicle);
    await update(vehicle, { askingPrice: '18500' });
    await tell();
    const [mail, ...more] = (await hourly()) as [Received];
    expect(more).toEqual([]);
    expect(mail.subject).toBe(`Price drop: the 2021 ${make} Camry XLE`);
    expect(mail.text).toContain(`\n\nThe 2021 ${make} Camry XLE that you saved now costs $18,500.00.\n\n`);
  });

  it('tell of no price that has gone up again meanwhile', async () => {
    await prefer(app, buyer, 'PRICE_DROP', true);
    const [back, lower] = [await list({ model: 'Back' }), await list({ model: 'Lower' })];
    for (const vehicle of [back, lower]) {
      await save(buyer, vehicle);
      await update(vehicle, { askingPrice: '18500' });
    }
    await tell();
    app.clock.advance(HOUR / 2);
    await update(lower, { askingPrice: '18000' });
    await tell();
    await update(lower, { askingPrice: '18500' });
    await update(back, { askingPrice: '20000' });
    const [mail, ...more] = (await hourly()) as [Received];
    expect(more).toEqual([]);
    expect(mail.subject).toBe(`Price drop: the 2021 ${make} Lower XLE`);
    expect(mail.text).toContain(`\n\nThe 2021 ${make} Lower XLE that you saved now costs $18,500.00.\n\n`);
  });
});

describe('the mails about alerts, gathered for a day', () => {
  const app = useApp('sqlite', { config: { alertMailMs: DAY, accessTokenTtlMs: 36_500 * DAY } });
  const folder = new MailFolder(app);
  const { save, tell, update } = keepingOn(app);

  it('are not late by that: they are sent when the day is over, and not a day after it', async () => {
    const buyer = await app.build.buyer();
    await prefer(app, buyer, 'PRICE_DROP', true);
    const vehicle = await app.build.vehicle(await app.build.dealer());
    await save(buyer, vehicle);
    await folder.clear();
    await update(vehicle, { askingPrice: '18500' });
    await tell();
    app.clock.advance(DAY);
    expect(await folder.told()).toEqual([[buyer.email, 'Price drop: the 2021 Toyota Camry XLE']]);
    await update(vehicle, { askingPrice: '18000' });
    await tell();
    app.clock.advance(2 * DAY);
    expect(await folder.told()).toEqual([]);
  });
});
