import type { Logger } from '../kernel/ports.js';

/** The log, each of whose lines names the request that it is about. */
export class OperationLog implements Logger {
  constructor(
    private readonly log: Logger,
    private readonly requestId: string,
  ) {}

  debug(details: object, message: string): void {
    this.log.debug({ requestId: this.requestId, ...details }, message);
  }

  info(details: object, message: string): void {
    this.log.info({ requestId: this.requestId, ...details }, message);
  }

  warn(details: object, message: string): void {
    this.log.warn({ requestId: this.requestId, ...details }, message);
  }

  error(details: object, message: string): void {
    this.log.error({ requestId: this.requestId, ...details }, message);
  }
}
