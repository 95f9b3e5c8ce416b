import { beforeEach, describe, expect, it } from 'vitest';
import {
  DeleteAccountDocument,
  NotificationPreferencesDocument,
  SetNotificationPreferenceDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { sqlOn } from '../mail/outbox.js';
import { prefer } from './inboxes.js';

const DEFAULTS = {
  OFFER_RECEIVED: true,
  OFFER_COUNTERED: true,
  OFFER_ACCEPTED: true,
  NEGOTIATION_REJECTED: true,
  NEGOTIATION_CANCELLED: true,
  OFFER_EXPIRING: true,
  NEGOTIATION_EXPIRED: true,
  NEGOTIATION_CLOSED: true,
  NEGOTIATION_COMPLETED: true,
  DEAL_FELL_THROUGH: true,
  MESSAGE_RECEIVED: false,
  PRICE_DROP: false,
  SAVED_SEARCH_MATCH: false,
  DEALER_VERIFIED: true,
  DEALER_REJECTED: true,
};
const listOf = (wishes: Record<string, boolean>) =>
  Object.entries(wishes).map(([kind, email]) => ({ kind, email }));

describe.each(databaseKinds)('setNotificationPreference on %s', (kind) => {
  const app = useApp(kind);
  let person: Person;

  beforeEach(async () => {
    person = await app.build.buyer();
  });

  const preferences = async (who = person) =>
    (await app.ok(NotificationPreferencesDocument, {}, who)).notificationPreferences;
  const stored = async (who = person): Promise<Array<{ kind: string; email: boolean }>> => {
    const statement = 'select kind, email from notification_preferences where user_id = ? order by kind';
    const connection = app.orm.em.fork().getConnection();
    const rows: Array<{ kind: string; email: unknown }> = await connection.execute(statement, [who.id]);
    return rows.map((row) => ({ kind: row.kind, email: Boolean(row.email) }));
  };

  it('is not needed: every kind has a default, told in the order of the enum', async () => {
    expect(await preferences()).toEqual(listOf(DEFAULTS));
    expect(await stored()).toEqual([]);
  });

  it('switches one kind, for the viewer alone, and tells all of them', async () => {
    const other = await app.build.buyer();
    const { setNotificationPreference } = await prefer(app, person, 'OFFER_RECEIVED', false);
    const wishes = listOf({ ...DEFAULTS, OFFER_RECEIVED: false });
    expect(setNotificationPreference.preferences).toEqual(wishes);
    await prefer(app, person, 'MESSAGE_RECEIVED', true);
    expect(await preferences()).toEqual(
      listOf({ ...DEFAULTS, OFFER_RECEIVED: false, MESSAGE_RECEIVED: true }),
    );
    expect(await preferences(other)).toEqual(listOf(DEFAULTS));
  });

  it('says the same when it is said twice, and keeps nothing of what is as it was by default', async () => {
    await prefer(app, person, 'OFFER_RECEIVED', false);
    await prefer(app, person, 'OFFER_RECEIVED', false);
    expect(await stored()).toEqual([{ kind: 'OFFER_RECEIVED', email: false }]);
    await prefer(app, person, 'OFFER_RECEIVED', true);
    await prefer(app, person, 'PRICE_DROP', false);
    expect(await stored()).toEqual([]);
    expect(await preferences()).toEqual(listOf(DEFAULTS));
  });

  it('takes many at once', async () => {
    const kinds = ['OFFER_RECEIVED', 'OFFER_COUNTERED'] as const;
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => prefer(app, person, kinds[n % 2] as 'OFFER_RECEIVED', false)),
    );
    expect(await stored()).toEqual([
      { kind: 'OFFER_COUNTERED', email: false },
      { kind: 'OFFER_RECEIVED', email: false },
    ]);
  });

  it('is refused for a kind that is none, and stores nothing', async () => {
    const input = { kind: 'LOVE_LETTER' as 'PRICE_DROP', email: true };
    const response = await app.request(SetNotificationPreferenceDocument, { input }, person);
    expect(response.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(await stored()).toEqual([]);
  });

  it('goes with the account, and none comes after it', async () => {
    await prefer(app, person, 'OFFER_RECEIVED', false);
    await app.ok(DeleteAccountDocument, { input: { password: person.password } }, person);
    expect(await stored()).toEqual([]);
    // As a token would that outlives its session by seconds.
    await sqlOn(app, 'update sessions set revoked_at = null');
    const input = { kind: 'PRICE_DROP', email: true } as const;
    const response = await app.request(SetNotificationPreferenceDocument, { input }, person);
    expect(app.errorOf(response).code).toBe('TOKEN_REVOKED');
    expect(await stored()).toEqual([]);
  });
});
