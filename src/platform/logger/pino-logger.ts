import { type DestinationStream, pino } from 'pino';
import type { Logger } from '../../kernel/ports.js';
import { redacted, redactedText } from './redaction.js';

/** JSON lines on standard output, or wherever they are to go, without secrets and addresses. */
export function pinoLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    formatters: { log: redacted },
    // Errors are plain objects by then; pino's own serializer would take them for errors all the same.
    serializers: { err: (error: unknown) => error },
    hooks: {
      logMethod(this: pino.Logger, [details, message]: unknown[], log: pino.LogFn) {
        log.call(this, details, redactedText(String(message)));
      },
    },
  };
  return (destination ? pino(options, destination) : pino(options)) as Logger;
}
