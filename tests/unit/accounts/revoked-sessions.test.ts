import { describe, expect, it } from 'vitest';
import { RevokedSessions } from '../../../src/modules/accounts/revoked-sessions.js';
import { FakeClock } from '../../support/clock.js';

describe('RevokedSessions', () => {
  it('tells each session once, to those who still listen', () => {
    const revoked = new RevokedSessions(new FakeClock(), 1_000);
    const heard: string[] = [];
    const stop = revoked.onAdded((id) => heard.push(id));
    expect(revoked.has('a')).toBe(false);
    revoked.add('a');
    revoked.add('a');
    revoked.add('b');
    stop();
    revoked.add('c');
    expect(heard).toEqual(['a', 'b']);
    expect(['a', 'b', 'c', 'd'].map((id) => revoked.has(id))).toEqual([true, true, true, false]);
  });
});
