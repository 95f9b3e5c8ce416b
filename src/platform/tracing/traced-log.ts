import type { Logger } from '../../kernel/ports.js';
import type { Tracing } from './tracing.js';

/** The log, each of whose lines names the trace and the span that it belongs to, where there is one. */
export class TracedLog implements Logger {
  constructor(
    private readonly log: Logger,
    private readonly tracing: Pick<Tracing, 'ids'>,
  ) {}

  debug(details: object, message: string): void {
    this.log.debug({ ...this.tracing.ids, ...details }, message);
  }

  info(details: object, message: string): void {
    this.log.info({ ...this.tracing.ids, ...details }, message);
  }

  warn(details: object, message: string): void {
    this.log.warn({ ...this.tracing.ids, ...details }, message);
  }

  error(details: object, message: string): void {
    this.log.error({ ...this.tracing.ids, ...details }, message);
  }
}
