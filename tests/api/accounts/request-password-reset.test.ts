import { beforeEach, describe, expect, it } from 'vitest';
import { requestPasswordReset } from '../../../src/modules/accounts/account-recovery.service.js';
import { RequestPasswordResetDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY } from '../../support/clock.js';
import { Outbox, sqlOn, storedMail, tokenIn } from '../mail/outbox.js';

describe.each(databaseKinds)('requestPasswordReset on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { config: { webUrl: 'https://cars.test' }, adapters: { mailer: outbox } });
  const ask = (email: string) => app.request(RequestPasswordResetDocument, { input: { email } });
  const rowsOf = async () => (await storedMail(app)).mails;

  beforeEach(async () => {
    await sqlOn(app, 'delete from mails');
    await sqlOn(app, 'delete from account_tokens');
  });

  it('sends the account a link with a secret of which the database has only the digest', async () => {
    const { id, email } = await app.build.buyer();
    expect(await ask(email.toUpperCase())).toEqual({
      status: 200,
      data: { requestPasswordReset: { success: true } },
    });
    const letter = await outbox.deliverOne(app);
    const token = tokenIn(letter);
    expect(letter).toMatchObject({ to: email, subject: 'Choose a new password' });
    expect(letter.html).toContain(`href="https://cars.test/reset-password#token=${token}"`);
    expect(letter.text).toContain(`resetPassword with the token ${token}\n`);
    expect(letter.text).toContain('good for 60 minutes, once');
    const stored = await storedMail(app);
    expect(stored.mails).toMatchObject([{ id: letter.id, status: 'SENT', recipient_id: id, attempts: 1 }]);
    expect(stored.tokens).toMatchObject([{ user_id: id, purpose: 'PASSWORD_RESET', used_at: null }]);
    expect(JSON.stringify(stored.tokens)).not.toContain(token);
    expect(JSON.stringify(stored.mails)).not.toMatch(new RegExp(`${token}|${email}`));
  });

  it('answers for an unknown address alike, by the same statements, and sends nothing', async () => {
    const { email } = await app.build.buyer();
    await ask(email);
    const answers: unknown[] = [];
    const statementsFor = (address: string) => app.statements(async () => answers.push(await ask(address)));
    const known = await statementsFor(email);
    const unknown = await statementsFor('nobody@example.com');
    expect(shapeOf(unknown)).toEqual(shapeOf(known));
    expect(known.some((statement) => statement.includes('insert into'))).toBe(true);
    expect(answers[1]).toEqual(answers[0]);
    const letters = await outbox.deliver(app);
    expect(letters.map(({ to }) => to)).toEqual([email, email]);
    expect((await rowsOf()).map(({ status }) => status)).toEqual(['SENT', 'SENT', 'DROPPED']);
  });

  it('waits for no mail server', async () => {
    const { email } = await app.build.buyer();
    outbox.before = () => Promise.reject(new Error('asked while a request waits'));
    await ask(email);
    outbox.before = () => undefined;
    expect(await rowsOf()).toMatchObject([{ status: 'QUEUED', attempts: 0, last_error: null }]);
  });

  it('sends nothing where the account has gone, before or since', async () => {
    const gone = await app.build.buyer();
    await sqlOn(app, 'update users set deleted_at = 1 where id = ?', [gone.id]);
    const going = await app.build.buyer();
    await ask(gone.email);
    await ask(going.email);
    await sqlOn(app, 'update users set deleted_at = 1 where id = ?', [going.id]);
    expect(await outbox.deliver(app)).toEqual([]);
    expect(await rowsOf()).toMatchObject([
      { status: 'DROPPED', recipient_id: null },
      { status: 'DROPPED', recipient_id: going.id },
    ]);
    expect((await storedMail(app)).tokens).toEqual([]);
  });

  it('sends nothing that was asked for a day ago', async () => {
    const { email } = await app.build.buyer();
    await ask(email);
    app.clock.advance(DAY);
    expect(await outbox.deliver(app)).toEqual([]);
    expect(await rowsOf()).toMatchObject([{ status: 'DROPPED' }]);
  });

  it('refuses what is no address and stores nothing', async () => {
    for (const email of ['nobody', 'a@b@c', `${'x'.repeat(250)}@example.com`, 'a\u0000@example.com', '']) {
      expect(app.errorOf(await ask(email)).code).toBe('BAD_USER_INPUT');
    }
    expect(await rowsOf()).toEqual([]);
  });
});

/** Statements without the ids that stand in them, and with any recipient. */
function shapeOf(statements: string[]): string[] {
  return statements.map((text) =>
    text.replace(/'PASSWORD_RESET', (null|'[0-9a-f-]{36}')/, 'recipient').replace(/'[0-9a-f-]{36}'/, 'id'),
  );
}

describe('requestPasswordReset, throttled', () => {
  const throttles = { loginFailures: 1e6, loginFailuresPerIp: 1e6, registrationsPerIp: 1e6 };
  const app = useApp('sqlite', {
    config: { throttles: { ...throttles, mailRequests: 3, mailRequestsPerIp: 10 } },
  });
  const ask = (email: string) => app.request(RequestPasswordResetDocument, { input: { email } });

  it('refuses the fourth in an hour for one address, known or not, and the eleventh from one network', async () => {
    const { email } = await app.build.buyer();
    const codes: unknown[] = [];
    for (const address of [email, 'Nobody@example.com']) {
      for (const each of [address, address.toUpperCase(), address])
        expect((await ask(each)).errors).toBeUndefined();
      const refused = await ask(address.toLowerCase());
      const extensions = refused.errors?.[0]?.extensions;
      expect(extensions?.retryAfterSeconds).toBeGreaterThan(3_590);
      expect(extensions?.retryAfterSeconds).toBeLessThanOrEqual(3_600);
      codes.push({ code: extensions?.code, statusCode: extensions?.statusCode });
    }
    expect(codes).toEqual([
      { code: 'RATE_LIMITED', statusCode: 429 },
      { code: 'RATE_LIMITED', statusCode: 429 },
    ]);
    // Eight are spent by now, the refused ones among them.
    expect((await ask('third@example.com')).errors).toBeUndefined();
    expect((await ask('fourth@example.com')).errors).toBeUndefined();
    expect(app.errorOf(await ask('fifth@example.com')).code).toBe('RATE_LIMITED');
    expect((await storedMail(app)).mails).toHaveLength(8);
  });
});

describe('requestPasswordReset, asked for by strangers', () => {
  const outbox = new Outbox();
  const throttles = { loginFailures: 1e6, loginFailuresPerIp: 1e6, registrationsPerIp: 1e6 };
  const app = useApp('sqlite', {
    config: { throttles: { ...throttles, mailRequests: 3, mailRequestsPerIp: 1e6 } },
    adapters: { mailer: outbox },
  });

  it('locks the owner out by no error, and sends one address no more than three mails in an hour', async () => {
    const { email } = await app.build.buyer();
    const from = (ip: string) => requestPasswordReset({ ...app.system.makeCtx(), ip }, { email });
    for (const n of [1, 2, 3]) await from(`203.0.113.${n}`);
    expect(await outbox.deliver(app)).toHaveLength(3);
    const response = await app.request(RequestPasswordResetDocument, { input: { email } });
    expect(response.data).toEqual({ requestPasswordReset: { success: true } });
    expect(await outbox.deliver(app)).toEqual([]);
    expect((await storedMail(app)).mails.at(-1)).toMatchObject({ status: 'DROPPED', recipient_id: null });
  });
});

describe('requestPasswordReset, by the clock on the wall', () => {
  const app = useApp('sqlite');

  // The service alone: over HTTP a difference would be lost in what both have in common. The noise of a busy machine can
  // only add to the difference of two equal things, so the best of a few measurements counts.
  it('takes the same time for known and unknown addresses: medians less than 10 % apart', {
    retry: 3,
  }, async () => {
    const { email } = await app.build.buyer();
    const times = { known: [] as number[], unknown: [] as number[] };
    const measure = async (who: keyof typeof times, address: string) => {
      const startedAt = performance.now();
      await requestPasswordReset(app.system.makeCtx(), { email: address });
      times[who].push(performance.now() - startedAt);
    };
    for (let round = 0; round < 170; round++) {
      // Neither is always the one that comes behind the other.
      const pair = [() => measure('known', email), () => measure('unknown', `nobody-${round}@example.com`)];
      for (const each of round % 2 ? pair : pair.reverse()) await each();
    }
    const median = (values: number[]) => values.slice(20).sort((a, b) => a - b)[75] as number;
    const [known, unknown] = [median(times.known), median(times.unknown)];
    expect(Math.abs(known - unknown) / Math.min(known, unknown)).toBeLessThan(0.1);
  });
});
