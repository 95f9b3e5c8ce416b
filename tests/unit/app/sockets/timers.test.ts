import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Expiries } from '../../../../src/app/sockets/expiries.js';
import type { Line } from '../../../../src/app/sockets/line.js';
import { Pulse } from '../../../../src/app/sockets/pulse.js';

beforeEach(
  () =>
    void vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    }),
);
afterEach(() => void vi.useRealTimers());

const lineOf = () => ({ turn: 0, beat: vi.fn(), close: vi.fn() });
const asLine = (line: ReturnType<typeof lineOf>) => line as unknown as Line;

describe('Pulse', () => {
  it('pings each line once in its time, whenever it came, with one timer for all', () => {
    const pulse = new Pulse(12_000);
    const lines = Array.from({ length: 30 }, lineOf);
    for (const line of lines) {
      pulse.add(asLine(line));
      vi.advanceTimersByTime(700);
    }
    expect(vi.getTimerCount()).toBe(1);
    for (const line of lines) line.beat.mockClear();
    for (const times of [1, 2, 3]) {
      vi.advanceTimersByTime(12_000);
      for (const line of lines) expect(line.beat).toHaveBeenCalledTimes(times);
    }
    pulse.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves nearly all of that time before the first ping', () => {
    const pulse = new Pulse(12_000);
    vi.advanceTimersByTime(4_900);
    const line = lineOf();
    pulse.add(asLine(line));
    vi.advanceTimersByTime(11_000);
    expect(line.beat).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(line.beat).toHaveBeenCalledTimes(1);
    pulse.remove(asLine(line));
    vi.advanceTimersByTime(60_000);
    expect(line.beat).toHaveBeenCalledTimes(1);
    pulse.stop();
  });
});

describe('Expiries', () => {
  const now = new Date(1_800_000_000_500);
  const at = (ms: number) => new Date(1_800_000_000_000 + ms);
  const EXPIRED = [[4403, 'Token expired']];

  it('closes each line at its moment, with one timer for those that share it', () => {
    const expiries = new Expiries();
    const [one, two, later] = [lineOf(), lineOf(), lineOf()];
    expiries.add(asLine(one), at(3_000), now);
    expiries.add(asLine(two), at(3_000), now);
    expiries.add(asLine(later), at(60_000), now);
    expect(vi.getTimerCount()).toBe(2);
    vi.advanceTimersByTime(2_499);
    expect(one.close).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    for (const line of [one, two]) expect(line.close.mock.calls).toEqual(EXPIRED);
    expect(later.close).not.toHaveBeenCalled();
    vi.advanceTimersByTime(57_000);
    expect(later.close.mock.calls).toEqual(EXPIRED);
  });

  it('forgets a line that has gone, and its timer with the last one', () => {
    const expiries = new Expiries();
    const [one, two] = [lineOf(), lineOf()];
    for (const line of [one, two]) expiries.add(asLine(line), at(3_000), now);
    expiries.remove(asLine(one), at(3_000));
    expiries.remove(asLine(one), at(3_000));
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2_500);
    expect(one.close).not.toHaveBeenCalled();
    expect(two.close.mock.calls).toEqual(EXPIRED);
    expiries.add(asLine(one), at(9_000), now);
    expiries.remove(asLine(one), at(9_000));
    expect(vi.getTimerCount()).toBe(0);
    expiries.remove(asLine(one), at(77_000));
  });

  it('closes at once what has expired, and is as early as the wall clock has become', () => {
    const expiries = new Expiries();
    const [gone, early, late] = [lineOf(), lineOf(), lineOf()];
    expiries.add(asLine(gone), at(0), now);
    vi.advanceTimersByTime(1);
    expect(gone.close.mock.calls).toEqual(EXPIRED);
    expiries.add(asLine(early), at(60_000), now);
    // The clock was put forward by 50 seconds.
    expiries.add(asLine(late), at(60_000), at(50_500));
    vi.advanceTimersByTime(9_500);
    for (const line of [early, late]) expect(line.close.mock.calls).toEqual(EXPIRED);
    expect(vi.getTimerCount()).toBe(0);
  });
});
