import { describe, expect, it } from 'vitest';
import type { UserType, Viewer } from '../../../src/kernel/context.js';
import {
  mayReadNegotiation,
  maySeeRulesAtWork,
  partyOf,
} from '../../../src/modules/negotiations/negotiation.policy.js';

const parties = { buyerId: 'bea', dealerUserId: 'dan' };
const viewer = (id: string, userType: UserType): Viewer => ({
  id,
  userType,
  sessionId: 's',
  tokenExpiresAt: new Date(0),
});

describe('policy of negotiations', () => {
  it.each([
    ['its buyer', viewer('bea', 'BUYER'), 'BUYER', true],
    ['its dealer', viewer('dan', 'DEALER'), 'DEALER', true],
    ['a rival', viewer('rob', 'BUYER'), null, false],
    ['another dealer', viewer('dora', 'DEALER'), null, false],
    ['an admin', viewer('ada', 'ADMIN'), null, true],
    ['a guest', null, null, false],
  ] as const)('takes %s for what it is', (_who, who, party, mayRead) => {
    expect(partyOf(who, parties)).toBe(party);
    expect(mayReadNegotiation(who, parties)).toBe(mayRead);
  });

  it('tells the dealer and admins alone that rules were at work', () => {
    const told = (['BUYER', 'DEALER', 'ADMIN'] as const).filter((type) =>
      maySeeRulesAtWork(viewer('v', type)),
    );
    expect(told).toEqual(['DEALER', 'ADMIN']);
    expect(maySeeRulesAtWork(null)).toBe(false);
  });
});
