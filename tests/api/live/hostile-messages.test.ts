import { describe, expect, it } from 'vitest';
import { streamHubPart } from '../../../src/kernel/stream-hub.js';
import { useApp } from '../../support/app.js';
import { levelFollowers, until } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';

const FOLLOW = 'subscription ($id: ID!) { negotiationEvents(negotiationId: $id) { sequence } }';
const SEND = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }';

/** JSON that is parsed without recursion, and that JSON.stringify runs out of stack on. */
const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

describe('a message made to do harm', () => {
  const app = useApp('sqlite');
  const hub = () => app.system.makeCtx().parts.get(streamHubPart);

  it('has variables too deep to be written again: it is followed like any other, and nothing of it stays', async () => {
    const { id, buyer } = await app.build.negotiation();
    const socket = await RawSocket.ready(app, buyer.token);
    const variables = `{"id":"${id}","unused":${DEEP}}`;
    const payload = `{"query":${JSON.stringify(FOLLOW)},"variables":${variables}}`;
    socket.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
    await until('it to be live', () => levelFollowers(app) === 1);
    await app.ok(SEND, { input: { negotiationId: id, body: 'Hello.' } }, buyer);
    expect((await socket.next('next', '1')).payload).toEqual({
      data: { negotiationEvents: { sequence: 2 } },
    });
    socket.send({ id: '1', type: 'complete' });
    await until('nobody to follow', () => hub().size === 0);
    expect(socket.closed).toBeNull();
  });

  it('is a ping too deep to be answered: the client’s bug, and not the server’s', async () => {
    const socket = await RawSocket.ready(app);
    socket.send(`{"type":"ping","payload":{"deep":${DEEP}}}`);
    await until('the end', () => socket.closed !== null);
    expect(socket.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  it.each([
    ['by a variable', '($id: ID!, $no: Boolean!) { vehicleUpdated(vehicleId: $id) @skip(if: $no) { id } }'],
    ['for good', '($id: ID!) { vehicleUpdated(vehicleId: $id) @skip(if: true) { id } }'],
    [
      'with what it stands in',
      '($id: ID!, $no: Boolean!) { ... @include(if: $no) { vehicleUpdated(vehicleId: $id) { id } } }',
    ],
    [
      'from within a fragment',
      `($id: ID!, $no: Boolean!) { ...F }
       fragment F on Subscription { ...F vehicleUpdated(vehicleId: $id) @include(if: $no) { id } }`,
    ],
  ])('leaves out the field of its subscription %s: it is refused, over HTTP too', async (_how, rest) => {
    const query = `subscription ${rest}`;
    const variables = { id: '01890000-0000-7000-8000-000000000000', no: true };
    const socket = await RawSocket.ready(app);
    socket.subscribe('1', query, variables);
    const refusal = { message: 'The field of a subscription takes no @skip and no @include.' };
    const extensions = { code: 'BAD_USER_INPUT', statusCode: 400 };
    expect((await socket.next('error', '1')).payload).toMatchObject([{ ...refusal, extensions }]);
    expect(socket.closed).toBeNull();
    const { status, errors } = await app.request(query, variables);
    expect({ status, errors }).toMatchObject({ status: 400, errors: [{ ...refusal, extensions }] });
  });
});
