import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { parseTraceParent } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { within } from '../../kernel/within.js';
import { BoundedSampler } from './sampler.js';
import { kindOf, withoutValues } from './sql-text.js';

export interface TracingOptions {
  readonly serviceName: string;
  readonly ratio: number;
  readonly exporter: SpanExporter;
  /** How databases are called: `postgresql`, `sqlite`. */
  readonly databaseSystem: string;
  /** How long a collector that does not answer may hold up a stop. */
  readonly patienceMs?: number;
}

/** Spans that wait to be sent; what comes on top is dropped. */
const QUEUE = 4_096;
const BATCH = 512;
const EVERY_MS = 1_000;
/** Ours: a stop has other things to wait for. */
const LAST_SPANS_MS = 2_000;

export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Spans of one composed system, made by hand. OpenTelemetry's globals are left alone: a process may hold several systems, and
 * what is not traced costs nothing.
 */
export class Tracing {
  private readonly scope = new AsyncLocalStorageContextManager().enable();
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor(private readonly options: TracingOptions) {
    const { serviceName, ratio, exporter } = options;
    this.provider = new TracerProvider({
      sampler: new BoundedSampler(ratio),
      resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instanceId() }),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter,
          maxQueueSize: QUEUE,
          maxExportBatchSize: BATCH,
          scheduledDelayMillis: EVERY_MS,
        }),
      ],
      spanLimits: { attributeValueLengthLimit: 2_000, attributeCountLimit: 32, linkCountLimit: 4 },
    });
    this.tracer = this.provider.getTracer('carnegotiate');
  }

  /**
   * What answers a request from outside. Of its caller's trace context the ids and the flag are taken and nothing else:
   * what a stranger writes into `tracestate` is not handed on.
   */
  request(name: string, traceparent: string | undefined, attributes: Attributes): Span {
    const remote = traceparent === undefined ? null : parseTraceParent(traceparent);
    const parent = remote ? trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true }) : ROOT_CONTEXT;
    return this.tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  }

  /** What begins here: a job, an operation on a socket, an event. Linked to what it comes from. */
  root(name: string, kind: SpanKind, attributes: Attributes, cause?: Span): Span {
    const links: Link[] = cause ? [{ context: cause.spanContext() }] : [];
    return this.tracer.startSpan(name, { kind, attributes, links, root: true }, ROOT_CONTEXT);
  }

  /** Part of what is going on. */
  part(name: string, kind: SpanKind, attributes: Attributes): Span {
    return this.tracer.startSpan(name, { kind, attributes }, this.scope.active());
  }

  /** Runs `work` so that spans and log lines that it causes belong to `span`. */
  within<T>(span: Span, work: () => T): T {
    return this.scope.with(this.contextOf(span), work);
  }

  /** The same, and the span ends with it. */
  async whole<T>(span: Span, work: () => Promise<T> | T): Promise<T> {
    try {
      return await this.within(span, work);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  /** The span of a statement; null where nothing is traced that it could be part of. */
  statement(sql: string): Span | null {
    const parent = this.current;
    if (!parent?.isRecording()) return null;
    const operation = kindOf(sql).toUpperCase();
    const span = this.part(operation, SpanKind.CLIENT, {
      'db.system.name': this.options.databaseSystem,
      'db.operation.name': operation,
    });
    if (span.isRecording()) span.setAttribute('db.query.text', withoutValues(sql));
    return span;
  }

  get current(): Span | undefined {
    return trace.getSpan(this.scope.active());
  }

  /** What a log line belongs to. */
  get ids(): SpanIds | null {
    const context = this.current?.spanContext();
    return context ? { traceId: context.traceId, spanId: context.spanId } : null;
  }

  async close(): Promise<void> {
    await within(this.options.patienceMs ?? LAST_SPANS_MS, this.provider.shutdown()).catch(() => undefined);
    this.scope.disable();
  }

  private contextOf(span: Span): Context {
    return trace.setSpan(this.scope.active(), span);
  }
}

/** An error's name says enough: its message may quote what a client wrote. */
export function markFailed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.name : 'Error');
}

function instanceId(): string {
  return crypto.randomUUID();
}
