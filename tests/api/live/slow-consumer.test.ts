import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/app/config.js';
import { NotificationReceivedDocument } from '../../generated/operations.js';
import { databaseKinds, type TestApp, testSecret, useApp } from '../../support/app.js';
import type { BuiltNegotiation } from '../../support/builders.js';
import { followedStreams, LiveClient, levelFollowers, until, upTo } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';

const { policy } = readConfig({ NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}` });
const config = {
  streamQueueLimit: 8,
  maxUnsentBytes: 100_000,
  policy: { ...policy, offersPerVehicle: 100 },
  // Of the aliases that make an event large.
  maxQueryAliases: 1_000,
};

/** 1.8 MB an event, 300 times 2,000 signs of 3 bytes: a few of them fill what the system itself holds for a line. */
const MESSAGE = '€'.repeat(2_000);
const COPIES = upTo(300)
  .map((n) => `m${n}: message`)
  .join(' ');
const inbox = (after: number) =>
  `subscription { notificationReceived(after: ${after}) { sequence offer { ${COPIES} } } }`;

const START = `mutation ($input: StartNegotiationInput!) {
  startNegotiation(input: $input) { negotiation { id } }
}`;
const CANCEL = `mutation ($input: CancelNegotiationInput!) { cancelNegotiation(input: $input) { negotiation { id } } }`;

/** Two entries in the dealer's inbox for each time around. */
async function fillInbox(
  app: TestApp,
  { id, buyer, vehicle }: BuiltNegotiation,
  times: number,
): Promise<void> {
  let negotiationId = id;
  for (let n = 0; n < times; n++) {
    await app.ok(CANCEL, { input: { negotiationId } }, buyer);
    const input = { vehicleId: vehicle.id, amount: '15000', message: MESSAGE };
    const { startNegotiation } = await app.ok<{ startNegotiation: { negotiation: { id: string } } }, object>(
      START,
      { input },
      buyer,
    );
    negotiationId = startNegotiation.negotiation.id;
  }
}

const sequencesOf = (socket: RawSocket): number[] =>
  socket.messages
    .filter((message) => message.type === 'next')
    .map(
      (message) =>
        (message.payload as { data: { notificationReceived: { sequence: number } } }).data
          .notificationReceived.sequence,
    );

describe.each(databaseKinds)('a client that stops reading on %s', (kind) => {
  const app = useApp(kind, { config });

  it('is cut off with 4408, resumes with after, and delays nobody', async () => {
    const negotiation = await app.build.negotiation({ message: MESSAGE });
    const { dealer } = negotiation;
    const other = new LiveClient(app, dealer.token);
    const followed = other.follow(NotificationReceivedDocument, { after: 0 });
    const slow = await RawSocket.ready(app, dealer.token);
    slow.subscribe('slow', inbox(0));
    await slow.next('next');
    await until('both to be level', () => levelFollowers(app) === 2);

    slow.pause();
    const filling = fillInbox(app, negotiation, 12);
    await until('the cut', () => levelFollowers(app) === 1);
    slow.resume();
    expect(await slow.closing()).toEqual({
      code: 4408,
      reason: 'Too slow: connect again and resume with after',
    });
    await filling;
    const seen = await followed.take(26);
    expect(seen.map((result) => result.notificationReceived.sequence)).toEqual(upTo(26));

    // Neither a hole nor a word of completion before the end.
    const got = sequencesOf(slow);
    expect(got).toEqual(upTo(got.length));
    expect(slow.messages.some((message) => message.type === 'complete')).toBe(false);
    expect(got.length).toBeLessThan(26);

    const again = await RawSocket.ready(app, dealer.token);
    again.subscribe('again', inbox(got.length));
    await until('the rest', () => sequencesOf(again).length === 26 - got.length);
    expect([...got, ...sequencesOf(again)]).toEqual(upTo(26));
    again.terminate();
    await other.close();
    await until('nobody follows', () => followedStreams(app) === 0);
  });

  it('is cut off when too much waits on its line, whatever it follows', async () => {
    const negotiation = await app.build.negotiation({ message: MESSAGE });
    await fillInbox(app, negotiation, 3);
    const slow = await RawSocket.ready(app, negotiation.dealer.token);
    slow.pause();
    for (const id of upTo(5)) slow.subscribe(`${id}`, inbox(0));
    await until('somebody to follow', () => followedStreams(app) > 0);
    await until('nobody to follow', () => followedStreams(app) === 0);
    slow.resume();
    // The line is cut a second later; whether the close frame went through before is a matter of luck.
    expect([4408, 1006]).toContain((await slow.closing()).code);
  });
});
