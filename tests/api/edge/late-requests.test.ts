import { describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import { exchange, lines, statusesIn } from './raw-line.js';

const LATE = 'The request took too long to arrive.';

describe('a request that does not arrive', () => {
  const app = useApp('sqlite', { config: { requestTimeoutMs: 300, uploadTimeoutMs: 900 } });

  it('in its headers is answered with 408, and its line closed', async () => {
    const { received } = await timed(lines('POST /graphql HTTP/1.1', 'Host: x').slice(0, -2));
    expect(statusesIn(received)).toEqual([408]);
    expect(received.endsWith(`{"detail":"${LATE}","status_code":408}`)).toBe(true);
  });

  it.each([
    ['with a length', 'Content-Length: 50', '{"query":'],
    ['in pieces', 'Transfer-Encoding: chunked', '9\r\n{"query":\r\n'],
  ])(
    'in its body, %s, is answered with 408 in the form of the API, and its line closed',
    async (_how, header, body) => {
      const head = ['Host: x', 'Content-Type: application/json', header, ''];
      const graphql = await timed(lines('POST /graphql HTTP/1.1', ...head) + body);
      expect(statusesIn(graphql.received)).toEqual([408]);
      const { errors } = bodyOf(graphql.received) as { errors: [{ message: string; extensions: object }] };
      expect(errors).toEqual([
        {
          message: LATE,
          extensions: { code: 'BAD_USER_INPUT', statusCode: 408, requestId: expect.any(String) },
        },
      ]);
      expect(graphql.ms).toBeGreaterThan(250);

      const rest = await timed(lines('POST /api/v1/auth/login/ HTTP/1.1', ...head) + body);
      expect(statusesIn(rest.received)).toEqual([408]);
      expect(bodyOf(rest.received)).toEqual({ detail: LATE, status_code: 408 });
    },
  );

  it('but trickles in gains nothing by that', async () => {
    const head = lines(
      'POST /graphql HTTP/1.1',
      'Host: x',
      'Content-Type: application/json',
      'Content-Length: 50',
      '',
    );
    const { received } = await timed(head, (write) => {
      const timer = setInterval(() => write(' '), 40);
      return () => clearInterval(timer);
    });
    expect(statusesIn(received)).toEqual([408]);
    // By us, who know what was asked: Node would wait as long as for files.
    expect(bodyOf(received)).toHaveProperty('errors');
  });

  it('may take longer with files, but not for ever', async () => {
    const head = lines(
      'POST /graphql HTTP/1.1',
      'Host: x',
      'Apollo-Require-Preflight: 1',
      `Authorization: Bearer ${(await app.build.buyer()).token}`,
      'Content-Type: multipart/form-data; boundary=x',
      'Content-Length: 500',
      '',
    );
    const { received, ms } = await timed(`${head}--x\r\n`);
    expect(statusesIn(received)).toEqual([408]);
    expect(ms).toBeGreaterThan(850);
  });

  it('has done nothing, though the rest comes after all', async () => {
    const buyer = await app.build.buyer();
    const query = JSON.stringify({ query: 'mutation { markAllNotificationsRead { count } }' });
    const head = lines(
      'POST /graphql HTTP/1.1',
      'Host: x',
      'Content-Type: application/json',
      `Authorization: Bearer ${buyer.token}`,
      `Content-Length: ${query.length}`,
      '',
    );
    const statements = await app.statements(async () => {
      const { received } = await timed(head + query.slice(0, 10), (write) => {
        const timer = setTimeout(() => write(query.slice(10)), 350);
        return () => clearTimeout(timer);
      });
      expect(statusesIn(received)).toEqual([408]);
    });
    expect(statements).toEqual([]);
  });

  it('leaves those in peace that do arrive', async () => {
    const query = '{"query":"{ __typename }"}';
    const request =
      lines(
        'POST /graphql HTTP/1.1',
        'Host: x',
        'Content-Type: application/json',
        `Content-Length: ${query.length}`,
        '',
      ) + query;
    const { received } = await timed(request, (write) => {
      const timer = setTimeout(() => write(request.replace('Host: x', 'Host: x\r\nConnection: close')), 600);
      return () => clearTimeout(timer);
    });
    expect(statusesIn(received)).toEqual([200, 200]);
  });

  async function timed(bytes: string, more?: Parameters<typeof exchange>[3]) {
    const startedAt = performance.now();
    const received = await exchange(app, bytes, 5_000, more);
    return { received, ms: performance.now() - startedAt };
  }
});

function bodyOf(received: string): unknown {
  return JSON.parse(received.slice(received.indexOf('\r\n\r\n') + 4));
}
