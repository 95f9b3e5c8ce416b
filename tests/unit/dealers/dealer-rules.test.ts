import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/kernel/errors.js';
import { maySeePrivateParts } from '../../../src/modules/dealers/dealer.policy.js';
import {
  dealerChangesOf,
  decisionOf,
  maySubmit,
  refuseHalfAPlace,
  registrationOf,
} from '../../../src/modules/dealers/dealer.rules.js';

const least = { businessName: 'A', licenseNumber: 'L', city: 'C', state: 'S' };

function fieldsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return Object.keys((error as AppError).fields ?? {});
  }
  return [];
}

describe('the rules of dealers', () => {
  it('lets the unverified and the rejected ask to be checked', () => {
    expect(maySubmit).toEqual({ UNVERIFIED: true, PENDING: false, VERIFIED: false, REJECTED: true });
  });

  it('decides for VERIFIED, or REJECTED with a reason, and nothing else', () => {
    expect(decisionOf('VERIFIED', { decision: 'VERIFIED', reason: 'not kept' })).toEqual({
      decision: 'VERIFIED',
      reason: null,
    });
    expect(decisionOf('VERIFIED', { decision: 'REJECTED', reason: ' why ' })).toEqual({
      decision: 'REJECTED',
      reason: 'why',
    });
    expect(fieldsOf(() => decisionOf('VERIFIED', { decision: 'REJECTED', reason: ' ' }))).toEqual(['reason']);
    expect(fieldsOf(() => decisionOf('VERIFIED', { decision: 'VERIFIED', reason: '\u0000' }))).toEqual([
      'reason',
    ]);
    for (const decision of ['UNVERIFIED', 'PENDING', 'APPROVED']) {
      expect(fieldsOf(() => decisionOf('VERIFIED', { decision, reason: 'x' }))).toEqual(['decision']);
    }
  });

  const places: Array<[number | null, number | null, string[]]> = [
    [null, null, []],
    [90, 180, []],
    [-90, -180, []],
    [0, 0, []],
    [90.001, 0, ['latitude']],
    [0, -180.001, ['longitude']],
    [1, null, ['longitude']],
    [null, 1, ['latitude']],
  ];
  it.each(places)('places a dealer at %s, %s', (latitude, longitude, faults) => {
    expect(fieldsOf(() => registrationOf({ ...least, latitude, longitude }))).toEqual(faults);
  });

  it('refuses half of a place that an update would leave', () => {
    expect(fieldsOf(() => refuseHalfAPlace({ latitude: 1, longitude: null }))).toEqual(['longitude']);
    expect(fieldsOf(() => refuseHalfAPlace({ latitude: 0, longitude: 0 }))).toEqual([]);
  });

  it('keeps names on one line, for mails to quote; a description and an address have as many as they like', () => {
    const broken = 'Honest\r\nBcc: everybody@example.com';
    const named = { businessName: broken, phone: broken, city: broken, state: broken, postalCode: broken };
    expect(fieldsOf(() => registrationOf({ ...named, licenseNumber: broken })).sort()).toEqual(
      [...Object.keys(named), 'licenseNumber'].sort(),
    );
    expect(fieldsOf(() => dealerChangesOf(named)).sort()).toEqual(Object.keys(named).sort());
    expect(dealerChangesOf({ description: 'a\nb', address: 'c\nd' })).toEqual({
      description: 'a\nb',
      address: 'c\nd',
    });
  });

  it('links to the web alone', () => {
    for (const address of ['javascript:alert(1)', 'data:text/html,x', 'ftp://a.example/']) {
      expect(fieldsOf(() => dealerChangesOf({ website: new URL(address) }))).toEqual(['website']);
    }
    expect(dealerChangesOf({ website: new URL('https://a.example') })).toEqual({
      website: 'https://a.example/',
    });
  });

  it('shows licence and rejection to the dealer itself and to admins', () => {
    const dealer = { user: { id: 'owner' } };
    const viewer = { sessionId: 's', tokenExpiresAt: new Date() };
    expect(maySeePrivateParts(null, dealer)).toBe(false);
    expect(maySeePrivateParts({ ...viewer, id: 'owner', userType: 'DEALER' }, dealer)).toBe(true);
    expect(maySeePrivateParts({ ...viewer, id: 'other', userType: 'DEALER' }, dealer)).toBe(false);
    expect(maySeePrivateParts({ ...viewer, id: 'admin', userType: 'ADMIN' }, dealer)).toBe(true);
  });
});
