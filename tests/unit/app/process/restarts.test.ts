import { describe, expect, it } from 'vitest';
import {
  type History,
  historyAfter,
  isHopeless,
  pauseBeforeRestart,
  unblemished,
} from '../../../../src/app/process/restarts.js';

const afterLives = (...lives: Array<{ ms: number; listened: boolean }>): History =>
  lives.reduce(historyAfter, unblemished);
const short = { ms: 100, listened: true };
const failed = { ms: 100, listened: false };

describe('the restart of workers', () => {
  it('is at once for one that ends out of the blue', () => {
    expect(pauseBeforeRestart(afterLives(short))).toBe(0);
    expect(pauseBeforeRestart(afterLives(short, short, { ms: 60_000, listened: true }))).toBe(0);
  });

  it('waits longer and longer where they end one after the other, up to half a minute', () => {
    const pauses = Array.from({ length: 10 }, (_, n) =>
      pauseBeforeRestart(afterLives(...Array(n + 1).fill(short))),
    );
    expect(pauses).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('is given up when none serves and each place has failed three times', () => {
    const hopeless = { history: afterLives(failed, failed, failed), serves: false };
    expect(isHopeless([hopeless, hopeless])).toBe(true);
    expect(isHopeless([hopeless, { history: afterLives(failed, failed), serves: false }])).toBe(false);
    expect(isHopeless([hopeless, { history: unblemished, serves: true }])).toBe(false);
  });

  it('is not given up for those that listened before they ended', () => {
    const flapping = { history: afterLives(failed, failed, short), serves: false };
    expect(isHopeless([flapping])).toBe(false);
  });
});
