import { type Attributes, type Context, type Link, type SpanKind, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';

/** Requests a second that are traced because their caller says so. Ours: more than anybody looks at by hand. */
const ASKED_PER_SECOND = 10;

const TAKEN: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };
const LEFT: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/**
 * Who is traced: a share of what begins here, and all that belongs to what is traced. A caller from outside may leave
 * itself out, or ask to be traced; the latter is heeded a few times a second, and then its share is that of everybody: or
 * anybody could have us record all that he does. Chance decides and not the trace's id, which the caller chooses.
 */
export class BoundedSampler implements Sampler {
  private second = 0;
  private askedIn = 0;

  constructor(
    private readonly ratio: number,
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {}

  shouldSample(
    context: Context,
    _traceId: string,
    _name: string,
    _kind: SpanKind,
    _attributes: Attributes,
    _links: Link[],
  ): SamplingResult {
    const parent = trace.getSpanContext(context);
    if (parent) {
      const isSampled = (parent.traceFlags & 1) === 1;
      if (!isSampled) return LEFT;
      if (!parent.isRemote || this.mayAsk()) return TAKEN;
    }
    return this.random() < this.ratio ? TAKEN : LEFT;
  }

  toString(): string {
    return `Bounded{${this.ratio}}`;
  }

  private mayAsk(): boolean {
    // With a share of nothing, nobody is traced by any means.
    if (this.ratio === 0) return false;
    const second = Math.floor(this.now() / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.askedIn = 0;
    }
    this.askedIn += 1;
    return this.askedIn <= ASKED_PER_SECOND;
  }
}
