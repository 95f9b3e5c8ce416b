import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../../kernel/ports.js';

/** A batch that takes longer is given up. */
const TIMEOUT_MS = 5_000;

/** OTLP over HTTP. A collector that is away is told of once, and once more when it is back: its spans are lost. */
export class OtlpExporter implements SpanExporter {
  private readonly inner: SpanExporter;
  private isAway = false;

  constructor(
    private readonly endpoint: string,
    private readonly log: Logger,
    timeoutMs = TIMEOUT_MS,
  ) {
    this.inner = new OTLPTraceExporter({
      url: `${endpoint}/v1/traces`,
      timeoutMillis: timeoutMs,
      concurrencyLimit: 2,
    });
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.inner.export(spans, (result) => {
      this.note(result);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush?.() ?? Promise.resolve();
  }

  private note({ code, error }: ExportResult): void {
    const isAway = code !== ExportResultCode.SUCCESS;
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    const details = { endpoint: this.endpoint };
    if (isAway) this.log.warn({ ...details, err: error }, 'spans cannot be sent');
    else this.log.info(details, 'spans are sent again');
  }
}
