import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../src/seeders/demo.js';
import { planDemo } from '../../src/seeders/plan.js';
import { LogoutDocument } from '../generated/operations.js';
import { useApp } from '../support/app.js';
import {
  findChromium,
  graphiqlBadge,
  graphiqlChoose,
  graphiqlHeaders,
  graphiqlResult,
  graphiqlRun,
  graphiqlRunTab,
  graphiqlTab,
  launchBrowser,
  openGraphiql,
  type PageWatch,
  watchPage,
} from '../support/browser.js';

interface Listed {
  data: { negotiations: { nodes: Array<{ id: string; turn: string; currentOffer: { amount: string } }> } };
}

interface SignedIn {
  data: { login: { tokens: { accessToken: string; refreshToken: string } } };
}

interface Event {
  sequence: number;
  kind: string;
  party: string;
  offer: { id: string; amount: string };
  negotiation: { status: string; turn: string | null; agreedPrice: string | null };
}

const eventIn = (result: unknown) =>
  (result as { data: { negotiationEvents: Event } }).data.negotiationEvents;
const money = (amount: number) => amount.toFixed(2);

const LOGIN = `mutation {
  login(input: { email: "dealer@example.com", password: "carnegotiate-demo" }) {
    tokens { accessToken refreshToken }
  }
}`;

// CI must not skip it: there, without a Chromium, launchBrowser fails and says what to do.
const isWanted = process.env.CI === 'true' || findChromium() !== undefined;
if (!isWanted)
  process.stderr.write(
    'GraphiQL in a browser is skipped: install a Chromium, or name it in CHROMIUM_PATH.\n',
  );

describe.skipIf(!isWanted)('GraphiQL in a browser', { timeout: 60_000 }, () => {
  const app = useApp('sqlite', { config: { graphiql: true, introspection: true, demoData: true } });
  let browser: Browser;
  let dealer: Page;
  let buyer: Page;
  const watches: PageWatch[] = [];

  async function open(): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    watches.push(watchPage(page, app.url));
    await openGraphiql(page, app.url);
    return page;
  }

  /** The newest event of the pane as soon as it is this one: nobody presses anything meanwhile. */
  async function arrival(page: Page, sequence: number): Promise<Event> {
    await expect
      .poll(async () => eventIn(await graphiqlResult(page)).sequence, { timeout: 10_000 })
      .toBe(sequence);
    return eventIn(await graphiqlResult(page));
  }

  beforeAll(async () => {
    await seedDemo(app.system.makeCtx, planDemo({ dealers: 1, vehicles: 20, buyers: 5, negotiations: 3 }));
    browser = await launchBrowser();
    [dealer, buyer] = await Promise.all([open(), open()]);
  }, 60_000);
  afterAll(() => browser?.close());

  it('leads two people from its own tabs to an agreement that both see arrive', async () => {
    await graphiqlChoose(dealer, 'SignInAsDealer');
    await graphiqlChoose(buyer, 'SignInAsBuyer');
    expect(await graphiqlBadge(dealer)).toContain('Signed in as dealer@example.com');
    expect(await graphiqlBadge(buyer)).toContain('Signed in as buyer@example.com');

    await graphiqlTab(buyer, 'MyNegotiations');
    const listed = ((await graphiqlRunTab(buyer)) as Listed).data.negotiations.nodes;
    const { id, currentOffer } = listed.find(({ turn }) => turn === 'BUYER')!;
    const standing = Number(currentOffer.amount);
    await graphiqlTab(dealer, 'MyNegotiations');
    const ofDealer = ((await graphiqlRunTab(dealer)) as Listed).data.negotiations.nodes;
    expect(ofDealer.map((negotiation) => negotiation.id)).toContain(id);

    await graphiqlTab(dealer, 'FollowNegotiation');
    const begun = eventIn(await graphiqlRunTab(dealer, { id })).sequence;
    await arrival(dealer, 4); // S O O O of the plan
    expect(begun).toBeLessThanOrEqual(4);

    await graphiqlTab(buyer, 'SubmitOffer');
    await graphiqlRunTab(buyer, { id, amount: money(standing - 100), message: 'Nearly there?' });
    expect(await arrival(dealer, 5)).toMatchObject({
      kind: 'OFFER_SUBMITTED',
      party: 'BUYER',
      offer: { amount: money(standing - 100) },
      negotiation: { status: 'ACTIVE', turn: 'DEALER' },
    });

    await graphiqlTab(buyer, 'FollowNegotiation');
    await graphiqlRunTab(buyer, { id });
    await arrival(buyer, 5);
    await graphiqlTab(dealer, 'SubmitOffer');
    await graphiqlRunTab(dealer, { id, amount: money(standing - 50) });
    const counter = await arrival(buyer, 6);
    expect(counter).toMatchObject({ party: 'DEALER', offer: { amount: money(standing - 50) } });

    await graphiqlTab(dealer, 'FollowNegotiation');
    await graphiqlRunTab(dealer);
    await arrival(dealer, 6);
    await graphiqlTab(buyer, 'AcceptOffer');
    expect(await graphiqlRunTab(buyer, { id, offerId: counter.offer.id })).toMatchObject({
      data: { acceptOffer: { negotiation: { status: 'ACCEPTED', vehicle: { status: 'PENDING' } } } },
    });
    expect(await arrival(dealer, 7)).toMatchObject({
      kind: 'OFFER_ACCEPTED',
      party: 'BUYER',
      negotiation: { status: 'ACCEPTED', turn: null, agreedPrice: money(standing - 50) },
    });
  });

  it('lets a token of the Headers editor go first, over the socket too', async () => {
    const person = await app.build.buyer();
    const { id } = await app.build.negotiation({ buyer: person });
    await graphiqlRun(dealer, LOGIN);
    expect(await graphiqlBadge(dealer)).toContain('Signed in as dealer@example.com');
    await graphiqlHeaders(dealer, { Authorization: `Bearer ${person.token}` });
    expect(await graphiqlBadge(dealer)).toBe('Authorization as in Headers');
    expect(await graphiqlRun(dealer, '{ me { email } }')).toEqual({ data: { me: { email: person.email } } });

    const follow = 'subscription ($id: ID!) { negotiationEvents(negotiationId: $id, after: 0) { sequence } }';
    // To the demo's dealer this negotiation does not exist.
    expect(await graphiqlRun(dealer, follow, { id })).toEqual({
      data: { negotiationEvents: { sequence: 1 } },
    });
  });

  it('signs a tab out whose session has ended, and says so in place of the events', async () => {
    const page = await open();
    const { login } = ((await graphiqlRun(page, LOGIN)) as SignedIn).data;
    const { id } = ((await graphiqlRun(page, '{ negotiations { nodes { id } } }')) as Listed).data
      .negotiations.nodes[0]!;
    const follow = 'subscription ($id: ID!) { negotiationEvents(negotiationId: $id, after: 0) { sequence } }';
    expect(await graphiqlRun(page, follow, { id })).toHaveProperty('data.negotiationEvents.sequence');
    const { accessToken: token, refreshToken } = login.tokens;
    await app.ok(LogoutDocument, { input: { refreshToken } }, { token });
    await expect
      .poll(() => graphiqlResult(page), { timeout: 10_000 })
      .toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(await graphiqlBadge(page)).not.toContain('Signed in');
  });

  it('asked for nothing outside and broke nothing', () => {
    expect(watches).toHaveLength(3);
    for (const watch of watches) expect(watch).toEqual({ outside: [], errors: [] });
  });
});
