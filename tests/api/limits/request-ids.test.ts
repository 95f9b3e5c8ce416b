import { describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/kernel/ports.js';
import { MemoryBus } from '../../../src/platform/bus/memory-bus.js';
import { type ApiError, testLog, useApp } from '../../support/app.js';
import { RawSocket } from '../../support/raw-socket.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Line {
  level: string;
  message: string;
  requestId?: string;
}

/** A bus that fails, as a network does: what fails after the commit is a bug to whoever asked. */
class BrokenBus extends MemoryBus {
  override publish(): void {
    throw new Error('the bus is away');
  }
}

describe('request ids', () => {
  const lines: Line[] = [];
  const keep = (level: string) => (details: object, message: string) =>
    void lines.push({ ...details, level, message });
  const log: Logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  const app = useApp('sqlite', { adapters: { log, bus: new BrokenBus(testLog) } });

  async function post(body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const { errors } = (await response.json()) as { errors?: ApiError[] };
    return { header: response.headers.get('x-request-id'), errors: errors ?? [] };
  }

  it.each<[string, unknown]>([
    ['a document that is not valid', { query: '{ nothing }' }],
    ['a document that cannot be parsed', { query: '{' }],
    ['a limit', { query: `{ ${'a: __typename '.repeat(31)} }` }],
    ['a refusal of a resolver', { query: '{ myDealer { id } }' }],
    [
      'variables that do not fit',
      { query: 'query ($n: Int) { dealers(first: $n) { totalCount } }', variables: { n: 'x' } },
    ],
    ['a batch', [{ query: '{ __typename }' }]],
    ['broken JSON', '{'],
    ['a subscription', { query: 'subscription { offerReceived { id } }' }],
  ])('name the request in the header and in each error: %s', async (_name, body) => {
    const { header, errors } = await post(body);
    expect(header).toMatch(UUID);
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors) expect(extensions.requestId).toBe(header);
  });

  it('are there where nothing is wrong, and never the same', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => post({ query: '{ __typename }' })));
    expect(new Set(ids.map(({ header }) => header)).size).toBe(5);
    for (const { header, errors } of ids) expect([header, errors]).toEqual([expect.stringMatching(UUID), []]);
  });

  it('are ours, whatever a client sends', async () => {
    const { header } = await post(
      { query: '{ __typename }' },
      { 'x-request-id': 'mine', 'request-id': 'mine' },
    );
    expect(header).toMatch(UUID);
  });

  it.each([
    ['GET', '/api/v1/health/'],
    ['GET', '/api/v1/auth/profile/'],
    ['GET', '/nowhere'],
    ['DELETE', '/graphql'],
    ['GET', '/%zz'],
    ['GET', '/'],
    ['OPTIONS', '/graphql'],
  ])('are in the header of every answer: %s %s', async (method, path) => {
    const response = await fetch(`${app.url}${path}`, { method });
    expect(response.headers.get('x-request-id')).toMatch(UUID);
  });

  it('lead from the answer to the line of the log that says what happened', async () => {
    const { token, refreshToken } = await app.build.buyer();
    const query = `mutation { logout(input: { refreshToken: "${refreshToken}" }) { success } }`;
    lines.length = 0;
    const { header, errors } = await post({ query }, { authorization: `Bearer ${token}` });
    expect(errors.map(({ message }) => message)).toEqual(['Internal server error.']);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ requestId: header, message: 'an operation failed', path: ['logout'] }),
    ]);
  });

  it('stand in the lines that services write, too', () => {
    const ctx = app.system.makeCtx();
    lines.length = 0;
    for (const level of ['debug', 'info', 'warn', 'error'] as const) ctx.log[level]({ job: 1 }, 'said');
    expect(lines).toEqual(
      ['debug', 'info', 'warn', 'error'].map((level) => ({
        level,
        message: 'said',
        job: 1,
        requestId: ctx.requestId,
      })),
    );
  });

  it('are one for each operation on a socket', async () => {
    const { token, refreshToken } = await app.build.buyer();
    const socket = await RawSocket.ready(app, token);
    lines.length = 0;
    socket.subscribe('one', '{ nothing { at all } nowhere }');
    socket.subscribe('two', '{ myDealer { id } }');
    socket.subscribe('three', `mutation { logout(input: { refreshToken: "${refreshToken}" }) { success } }`);
    const idsOf = async (id: string) => {
      await socket.answer(id);
      const [message] = socket.of(id);
      if (!message) throw new Error('No answer');
      const payload = message.type === 'error' ? { errors: message.payload } : message.payload;
      const { errors } = payload as { errors: ApiError[] };
      return [...new Set(errors.map(({ extensions }) => extensions.requestId as string))];
    };
    const ids = [...(await idsOf('one')), ...(await idsOf('two')), ...(await idsOf('three'))];
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(3);
    expect(lines.filter(({ level }) => level === 'error').map(({ requestId }) => requestId)).toEqual([
      ids[2],
    ]);
    socket.terminate();
  });
});
