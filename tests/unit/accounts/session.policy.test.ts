import { expect, it } from 'vitest';
import { mayEndSession } from '../../../src/modules/accounts/session.policy.js';

it("lets somebody end their own sessions, and nobody else's", () => {
  expect(mayEndSession({ id: 'ada' }, { userId: 'ada' })).toBe(true);
  expect(mayEndSession({ id: 'ada' }, { userId: 'grace' })).toBe(false);
});
