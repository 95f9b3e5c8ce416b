import { describe, expect, it } from 'vitest';
import { ViewCounter } from '../../../src/modules/vehicles/views/view-counter.js';
import { FakeClock, HOUR } from '../../support/clock.js';

describe('the counter of views', () => {
  const clock = new FakeClock();
  const today = () => clock.now().toISOString().slice(0, 10);

  it('counts a viewer again after an hour, from the look that counted', () => {
    const counter = new ViewCounter(clock);
    for (const wait of [0, HOUR - 1, 1, HOUR - 1]) {
      clock.advance(wait);
      counter.see('car', 'viewer');
    }
    expect(counter.take().reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it('hands out what it has counted once, by vehicle', () => {
    const counter = new ViewCounter(clock);
    for (const car of ['b', 'a', 'b']) counter.see(car, `viewer of ${car}`);
    counter.see('b', 'another');
    expect(counter.take()).toEqual([
      { vehicleId: 'a', day: today(), count: 1 },
      { vehicleId: 'b', day: today(), count: 2 },
    ]);
    expect(counter.take()).toEqual([]);
  });

  it('takes counts back and adds to them', () => {
    const counter = new ViewCounter(clock);
    counter.see('a', 'one');
    const taken = counter.take();
    counter.see('a', 'two');
    counter.giveBack(taken);
    expect(counter.take()).toEqual([{ vehicleId: 'a', day: today(), count: 2 }]);
  });

  it('forgets the oldest viewers and lets new vehicles go where there is no room', () => {
    const counter = new ViewCounter(clock, { maxRemembered: 2, maxWaiting: 2 });
    for (const car of ['a', 'b', 'c']) counter.see(car, 'viewer');
    counter.see('a', 'viewer');
    counter.see('b', 'somebody else');
    expect(counter.take()).toEqual([
      { vehicleId: 'a', day: today(), count: 2 },
      { vehicleId: 'b', day: today(), count: 2 },
    ]);
  });
});
