import { pino } from 'pino';
import type { Logger } from '../../kernel/ports.js';

/** JSON lines on standard output. What could sign somebody in never gets there. */
export function pinoLogger(level: string): Logger {
  return pino({
    level,
    redact: [
      '*.password',
      '*.token',
      '*.authorization',
      '*.refreshToken',
      '*.accessToken',
      'req.headers.authorization',
    ],
  }) as Logger;
}
