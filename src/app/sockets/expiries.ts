import { closeCodes } from './close-codes.js';
import type { Line } from './line.js';

interface Moment {
  readonly lines: Set<Line>;
  /** By the process's own clock. */
  dueAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** Closes sockets when their tokens expire, with a timer for each second in which some do and not for each socket. */
export class Expiries {
  private readonly moments = new Map<number, Moment>();

  add(line: Line, expiresAt: Date, now: Date): void {
    const at = expiresAt.getTime();
    const left = Math.max(0, at - now.getTime());
    const moment = this.moments.get(at) ?? this.begin(at, left);
    moment.lines.add(line);
    const dueAt = performance.now() + left;
    // The wall clock was put forward.
    if (dueAt < moment.dueAt - 1) this.set(moment, at, left);
  }

  remove(line: Line, expiresAt: Date): void {
    const at = expiresAt.getTime();
    const moment = this.moments.get(at);
    if (!moment?.lines.delete(line) || moment.lines.size > 0) return;
    clearTimeout(moment.timer);
    this.moments.delete(at);
  }

  private begin(at: number, left: number): Moment {
    const moment: Moment = { lines: new Set(), dueAt: 0, timer: undefined };
    this.set(moment, at, left);
    this.moments.set(at, moment);
    return moment;
  }

  private set(moment: Moment, at: number, left: number): void {
    clearTimeout(moment.timer);
    moment.dueAt = performance.now() + left;
    moment.timer = setTimeout(() => this.end(at), left).unref();
  }

  private end(at: number): void {
    const lines = this.moments.get(at)?.lines ?? [];
    this.moments.delete(at);
    for (const line of lines) line.close(closeCodes.forbidden, 'Token expired');
  }
}
