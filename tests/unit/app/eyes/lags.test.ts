import { describe, expect, it } from 'vitest';
import { LagReader } from '../../../../src/app/eyes/lags.js';
import { lagMetrics } from '../../../../src/app/eyes/pulled-lags.js';
import type { Ctx } from '../../../../src/kernel/context.js';
import { testLog } from '../../../support/app.js';
import { pause } from '../../../support/live.js';

describe('lags, while the database is away,', () => {
  const warnings: string[] = [];
  const log = { ...testLog, warn: (_details: object, message: string) => void warnings.push(message) };
  const away = (): Ctx => {
    throw new Error('connect ECONNREFUSED');
  };
  const told = async (reader: LagReader) => {
    const samples = await Promise.all(
      lagMetrics(reader).map(async ({ name, read }) => [name, await read()] as const),
    );
    return samples.filter(([, found]) => found.length > 0);
  };

  it('are not told, but that it is away is; all who ask at once are told by one look at it', async () => {
    const reader = new LagReader(away, log, 60_000);
    expect(await told(reader)).toEqual([['database_up', [{ value: 0 }]]]);
    expect(warnings).toEqual(['the lags could not be read for the metrics']);
  });

  it('are asked for anew after a while', async () => {
    warnings.length = 0;
    const reader = new LagReader(away, log, 20);
    await reader.read();
    await reader.read();
    expect(warnings).toHaveLength(1);
    await pause(30);
    await reader.read();
    expect(warnings).toHaveLength(2);
  });
});
