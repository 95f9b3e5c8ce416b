import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  currentDeadline,
  Deadline,
  inTime,
  isOutOfTime,
  OutOfTime,
  offTheClock,
  withDeadline,
  withoutDeadline,
} from '../../../src/kernel/deadline.js';

const never = new Promise<never>(() => undefined);

/** What became of a promise by now. */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([
    promise.then(
      (value) => value,
      (error: unknown) => error,
    ),
    new Promise((resolve) => process.nextTick(() => setImmediate(resolve, 'pending'))),
  ]);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a deadline', () => {
  it('is over when its time is up, and tells so once', () => {
    const deadline = new Deadline(100);
    const listener = vi.fn();
    deadline.whenOver(listener);
    vi.advanceTimersByTime(99);
    expect([deadline.isOver, listener.mock.calls.length]).toEqual([false, 0]);
    expect(() => deadline.check()).not.toThrow();
    vi.advanceTimersByTime(1);
    expect([deadline.isOver, listener.mock.calls.length]).toEqual([true, 1]);
    expect(() => deadline.check()).toThrow(OutOfTime);
  });

  it('is over by the clock, too, while the process is too busy for its timers', () => {
    const deadline = new Deadline(100);
    const listener = vi.fn();
    deadline.whenOver(listener);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 100);
    expect(deadline.isOver).toBe(true);
    expect(listener).toHaveBeenCalledOnce();
    vi.restoreAllMocks();
  });

  it('lets no time pass while it pauses', () => {
    const deadline = new Deadline(100);
    const listener = vi.fn();
    deadline.whenOver(listener);
    vi.advanceTimersByTime(60);
    const goOn = deadline.pause();
    vi.advanceTimersByTime(10_000);
    expect([deadline.isOver, listener.mock.calls.length]).toEqual([false, 0]);
    goOn();
    vi.advanceTimersByTime(39);
    expect([deadline.isOver, deadline.msLeft]).toEqual([false, 1]);
    vi.advanceTimersByTime(1);
    expect([deadline.isOver, listener.mock.calls.length]).toEqual([true, 1]);
    deadline.pause()();
    expect(deadline.isOver).toBe(true);
  });

  it('that was stopped while it paused does not begin anew', () => {
    const deadline = new Deadline(100);
    const goOn = deadline.pause();
    deadline.stop();
    goOn();
    vi.advanceTimersByTime(1_000);
    expect(deadline.isOver).toBe(false);
  });

  it('tells nobody who does not want to know any more, and at once who comes late', () => {
    const deadline = new Deadline(100);
    const [gone, late] = [vi.fn(), vi.fn()];
    deadline.whenOver(gone)();
    vi.advanceTimersByTime(100);
    deadline.whenOver(late);
    expect([gone.mock.calls.length, late.mock.calls.length]).toEqual([0, 1]);
  });

  it('comes later where more time is given, unless it has come or was stopped', () => {
    const deadline = new Deadline(100);
    const listener = vi.fn();
    deadline.whenOver(listener);
    vi.advanceTimersByTime(50);
    deadline.extend(200);
    deadline.extend(100);
    expect(deadline.msLeft).toBe(350);
    vi.advanceTimersByTime(349);
    expect([deadline.isOver, listener.mock.calls.length]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect([deadline.isOver, listener.mock.calls.length]).toEqual([true, 1]);
    deadline.extend(100);
    expect([deadline.isOver, deadline.msLeft]).toEqual([true, 0]);
    const stopped = new Deadline(100);
    stopped.stop();
    stopped.extend(100);
    expect([stopped.isOver, vi.getTimerCount()]).toEqual([false, 0]);
  });

  it('never comes once it is stopped', () => {
    const deadline = new Deadline(100);
    deadline.stop();
    vi.advanceTimersByTime(1_000);
    expect(deadline.isOver).toBe(false);
  });
});

describe('work with a deadline', () => {
  it('sees it wherever it is, and nothing is left of it afterwards', async () => {
    const seen = await withDeadline(100, async () => {
      await Promise.resolve();
      return currentDeadline();
    });
    expect(seen).toBeInstanceOf(Deadline);
    expect(currentDeadline()).toBeNull();
  });

  it('leaves no timer behind when it fails', async () => {
    const failure = new Error('no');
    await expect(withDeadline(100, () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(
      withDeadline(100, () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
  });

  it('hides it from what is done for others', async () => {
    await withDeadline(100, async () => {
      expect(withoutDeadline(() => currentDeadline())).toBeNull();
      expect(await withoutDeadline(async () => currentDeadline())).toBeNull();
      expect(currentDeadline()).not.toBeNull();
    });
  });

  it('has one of its own beside others', async () => {
    const one = withDeadline(50, () => inTime(never));
    const other = withDeadline(100, () => inTime(never));
    const states = Promise.allSettled([one, other]);
    vi.advanceTimersByTime(50);
    expect([await stateOf(one), await stateOf(other)]).toEqual([expect.any(OutOfTime), 'pending']);
    vi.advanceTimersByTime(50);
    expect(await states).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  });
});

describe('in time', () => {
  it('gives what comes before the deadline, good or bad', async () => {
    await withDeadline(100, async () => {
      expect(await inTime(Promise.resolve(7))).toBe(7);
      await expect(inTime(Promise.reject(new Error('no')))).rejects.toThrow('no');
    });
  });

  it('gives up at the deadline, and what fails later is nobody’s', async () => {
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const answer = withDeadline(100, () => inTime(late));
    vi.advanceTimersByTime(100);
    await expect(answer).rejects.toThrow(OutOfTime);
    fail(new Error('too late'));
    expect(await stateOf(answer)).toBeInstanceOf(OutOfTime);
  });

  it('waits a little longer where it is told to', async () => {
    const answer = withDeadline(100, () => inTime(never, 50));
    const seen = answer.catch((error: unknown) => error);
    vi.advanceTimersByTime(149);
    expect(await stateOf(answer)).toBe('pending');
    vi.advanceTimersByTime(1);
    expect(await seen).toBeInstanceOf(OutOfTime);
  });

  it('is whenever, without a deadline', async () => {
    expect(await inTime(Promise.resolve(1))).toBe(1);
  });
});

describe('what is off the clock', () => {
  it('takes as long as it takes, and what follows has the time that was left', async () => {
    const seen: unknown[] = [];
    const operation = withDeadline(100, async () => {
      await inTime(
        offTheClock(async () => {
          seen.push(currentDeadline());
          await new Promise((resolve) => setTimeout(resolve, 5_000));
        }),
      );
      seen.push(currentDeadline()?.msLeft);
      await inTime(never);
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(seen).toEqual([null, 100]);
    expect(await stateOf(operation)).toBe('pending');
    await vi.advanceTimersByTimeAsync(100);
    expect(isOutOfTime(await stateOf(operation))).toBe(true);
  });
});

describe('a client that has gone', () => {
  it('is told of to what only waits for it, also when it went before', async () => {
    const waiting = withDeadline(100, async () => {
      const deadline = currentDeadline();
      const left = offTheClock(
        (gone) => new Promise((resolve) => gone.addEventListener('abort', () => resolve('left'))),
      );
      deadline?.leave();
      return [await left, await offTheClock(async (gone) => gone.aborted), deadline?.isOver];
    });
    expect(await waiting).toEqual(['left', true, false]);
    expect(await offTheClock(async (gone) => gone.aborted)).toBe(false);
  });
});

describe('OutOfTime', () => {
  it('is known behind the errors that MikroORM makes of those of a statement', () => {
    const { code } = new OutOfTime();
    expect(isOutOfTime(Object.assign(new Error('x'), { code }))).toBe(true);
    expect(isOutOfTime(new Error('x'))).toBe(false);
    expect(isOutOfTime({ code })).toBe(false);
  });
});
