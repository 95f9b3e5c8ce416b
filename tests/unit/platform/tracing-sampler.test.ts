import { ROOT_CONTEXT, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { BoundedSampler } from '../../../src/platform/tracing/sampler.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

describe('who is traced', () => {
  const asked = (sampler: BoundedSampler, parent?: Partial<SpanContext>) => {
    const context = parent
      ? trace.setSpanContext(ROOT_CONTEXT, {
          traceId: TRACE,
          spanId: 'b7ad6b7169203331',
          traceFlags: 1,
          ...parent,
        })
      : ROOT_CONTEXT;
    const { decision } = sampler.shouldSample(context, TRACE, 'x', SpanKind.SERVER, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  };
  const taken = (times: number, of: () => boolean) =>
    Array.from({ length: times }, of).filter(Boolean).length;

  it('is a share of what begins here, by chance', () => {
    const chances = [0, 0.24, 0.25, 0.99];
    const sampler = new BoundedSampler(
      0.25,
      () => 0,
      () => chances.shift() as number,
    );
    expect([0, 1, 2, 3].map(() => asked(sampler))).toEqual([true, true, false, false]);
  });

  it('is all that belongs to what is traced, and nothing that belongs to what is not', () => {
    const sampler = new BoundedSampler(
      0.5,
      () => 0,
      () => 0.99,
    );
    expect(taken(100, () => asked(sampler, { isRemote: false }))).toBe(100);
    const always = new BoundedSampler(1);
    expect(asked(always, { isRemote: false, traceFlags: 0 })).toBe(false);
    expect(asked(always, { isRemote: true, traceFlags: 0 })).toBe(false);
  });

  it('is ten a second of those who ask for it from outside, and of the rest the share of everybody', () => {
    let now = 0;
    const sampler = new BoundedSampler(
      0.1,
      () => now,
      () => 0.5,
    );
    expect(taken(1_000, () => asked(sampler, { isRemote: true }))).toBe(10);
    now = 1_000;
    expect(taken(1_000, () => asked(sampler, { isRemote: true }))).toBe(10);
  });

  it('is nobody where the share is nothing', () => {
    const sampler = new BoundedSampler(0);
    expect(taken(100, () => asked(sampler, { isRemote: true }) || asked(sampler))).toBe(0);
  });
});
