import { describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../../support/app.js';
import { send } from '../hostile/wire.js';

describe.each(databaseKinds)('probes on %s', (kind) => {
  const app = useApp(kind);

  it('say that the process is alive, and ask the database nothing for it', async () => {
    const asked = await app.allStatements(async () => {
      const { status, body } = await send(app, '/livez', { method: 'GET' });
      expect({ status, body }).toEqual({ status: 200, body: { status: 'alive' } });
    });
    expect(asked.filter((statement) => statement === 'select 1')).toEqual([]);
  });

  it.each(['/readyz', '/readyz/', '/readyz?of=node'])('say at %s that it is ready', async (path) => {
    const { status, body, headers } = await send(app, path, { method: 'GET' });
    expect({ status, body }).toEqual({
      status: 200,
      body: { status: 'ready', database: 'connected', draining: false },
    });
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
  });

  it.each(['/livez', '/readyz'])('answer HEAD at %s', async (path) => {
    expect((await send(app, path, { method: 'HEAD' })).status).toBe(200);
  });

  it('ask the database once for all who ask at the same time', async () => {
    const asked = await app.allStatements(async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => app.system.health.readiness()));
      expect(answers.every(({ isReady }) => isReady)).toBe(true);
    });
    expect(asked.filter((statement) => statement === 'select 1')).toHaveLength(1);
  });
});
