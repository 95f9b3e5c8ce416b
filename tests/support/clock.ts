import type { Clock } from '../../src/kernel/ports.js';

/** Stands still until it is told to move; begins at the real time, so that tokens and timers agree with it. */
export class FakeClock implements Clock {
  private at = Date.now();

  now(): Date {
    return new Date(this.at);
  }

  advance(ms: number): void {
    this.at += ms;
  }
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
