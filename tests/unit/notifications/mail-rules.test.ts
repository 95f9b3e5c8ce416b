import { describe, expect, it } from 'vitest';
import { andMore, burstKeyOf, isBurst, quoted } from '../../../src/modules/notifications/mails/mail.rules.js';
import { allKinds } from '../../../src/modules/notifications/preferences/preference.rules.js';

describe('quoted', () => {
  it('puts words into quotation marks that nothing in them can close', () => {
    expect(quoted('  Cash today. ')).toBe('“Cash today.”');
    expect(quoted('“Cash” ”\n\nCarNegotiate: «pay» "now" „here‟')).toBe(
      "“'Cash' '\n\nCarNegotiate: 'pay' 'now' 'here'”",
    );
  });

  it('leaves no mark that turns the direction of what follows, and leaves emoji and other scripts alone', () => {
    expect(quoted('a\u202eb\u2066c\u200fd\u061ce')).toBe('“abcde”');
    expect(quoted('שלום 👩‍👩‍👧 été')).toBe('“שלום 👩‍👩‍👧 été”');
  });

  it('shortens long ones, and cuts no character in two', () => {
    expect(quoted('x'.repeat(500))).toBe(`“${'x'.repeat(500)}”`);
    expect(quoted('x'.repeat(501))).toBe(`“${'x'.repeat(500)}…”`);
    expect(quoted(`${'x'.repeat(499)}😀`)).toBe(`“${'x'.repeat(499)}…”`);
  });
});

describe('bursts', () => {
  const [user, negotiation] = [crypto.randomUUID(), crypto.randomUUID()];

  it('are of messages and alerts', () => {
    expect(allKinds.filter(isBurst)).toEqual(['MESSAGE_RECEIVED', 'PRICE_DROP', 'SAVED_SEARCH_MATCH']);
  });

  it('are known by the reader, of messages by the negotiation too; the longest key fits its column', () => {
    expect(burstKeyOf('PRICE_DROP', user, null)).toBe(`PRICE_DROP:${user}`);
    const key = burstKeyOf('MESSAGE_RECEIVED', user, negotiation);
    expect(key).toBe(`MESSAGE_RECEIVED:${user}:${negotiation}`);
    expect(key.length).toBeLessThanOrEqual(120);
  });

  it('say how many there are more than are listed', () => {
    expect(andMore(20, 20)).toEqual([]);
    expect(andMore(23, 20)).toEqual(['… and 3 more.']);
  });
});
