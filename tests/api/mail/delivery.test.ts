import { beforeEach, describe, expect, it } from 'vitest';
import { compose } from '../../../src/app/compose.js';
import { write } from '../../../src/kernel/unit-of-work.js';
import { forgetMailsOf, type MailRequest, queueMail } from '../../../src/modules/mail/index.js';
import { sweepMails } from '../../../src/modules/mail/mail.jobs.js';
import { sendMails } from '../../../src/modules/mail/module.js';
import { databaseKinds, testLog, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { DAY, MINUTE } from '../../support/clock.js';
import { pause, upTo } from '../../support/live.js';
import { Outbox, sqlOn, storedMail } from './outbox.js';

const SECOND = 1_000;
type Turn = PromiseWithResolvers<void>;

describe.each(databaseKinds)('mails on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { adapters: { mailer: outbox } });
  let person: Person;

  const queue = (request: Partial<MailRequest> = {}) =>
    write(app.system.makeCtx(), async (tx) =>
      queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId: person.id, ...request }),
    );
  const rows = async () => (await storedMail(app)).mails;
  const refuse = (message: string) => {
    outbox.before = () => Promise.reject(new Error(message));
  };

  beforeEach(async () => {
    outbox.before = () => undefined;
    outbox.letters.length = 0;
    await sqlOn(app, 'delete from mails');
    person ??= await app.build.buyer();
  });

  it('are sent if and only if their cause is committed', async () => {
    const failing = write(app.system.makeCtx(), async (tx) => {
      queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId: person.id });
      await tx.em.flush();
      throw new Error('the cause failed');
    });
    await expect(failing).rejects.toThrow('the cause failed');
    expect(await rows()).toEqual([]);
    await queue();
    expect(await outbox.deliverOne(app)).toMatchObject({ to: person.email });
    expect(await outbox.deliver(app), 'once').toEqual([]);
  });

  it('are refused at once where nobody writes their kind', async () => {
    await expect(queue({ kind: 'LOVE_LETTER' })).rejects.toThrow('No template for mails of kind LOVE_LETTER');
    expect(await rows()).toEqual([]);
  });

  it('keep what they were about until they are sent, and no longer', async () => {
    const data = { at: '2026-11-22T08:30:00.000Z', userAgent: 'Mozilla/5.0', ip: '203.0.113.7' };
    await queue({ kind: 'NEW_SIGN_IN', data });
    const about = (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value);
    expect(about((await rows())[0]?.data)).toEqual(data);
    await outbox.deliverOne(app);
    expect(about((await rows())[0]?.data)).toEqual({});
  });

  it('are tried again after 30 s, 2 min, 8 min …, each time under the same id, until they are taken', async () => {
    await queue();
    const attempts: string[] = [];
    outbox.before = ({ id }) => {
      attempts.push(id);
      if (attempts.length < 4) throw new Error(`451 try later, ${attempts.length}`);
    };
    await outbox.deliver(app);
    for (const [index, delay] of [30 * SECOND, 2 * MINUTE, 8 * MINUTE].entries()) {
      expect(await rows()).toMatchObject([
        { status: 'QUEUED', attempts: index + 1, last_error: `451 try later, ${index + 1}`, sent_at: null },
      ]);
      app.clock.advance(delay - 1);
      await outbox.deliver(app);
      expect(attempts).toHaveLength(index + 1);
      app.clock.advance(1);
      await outbox.deliver(app);
      expect(attempts).toHaveLength(index + 2);
    }
    expect(new Set(attempts).size).toBe(1);
    expect(outbox.letters.map(({ id }) => id)).toEqual([attempts[0]]);
    const [row] = await rows();
    expect(row).toMatchObject({ status: 'SENT', attempts: 4, last_error: null });
    expect(Number(row?.sent_at)).toBe(app.clock.now().getTime());
  });

  it('are kept as failed after the last attempt, with the reason and without what they told, and not tried again', async () => {
    await queue({ kind: 'NEW_SIGN_IN', data: { ip: '203.0.113.7' } });
    let tried = 0;
    outbox.before = () => {
      tried++;
      throw new Error('550 no such user');
    };
    for (const _ of upTo(12)) {
      await outbox.deliver(app);
      app.clock.advance(7 * 60 * MINUTE);
    }
    expect(tried).toBe(8);
    const [row] = await rows();
    expect(row).toMatchObject({
      status: 'FAILED',
      attempts: 8,
      last_error: '550 no such user',
      sent_at: null,
    });
    expect(JSON.stringify(row)).not.toContain('203.0.113.7');
  });

  it('fail for a reason that a text column takes, and that gives no secret away', async () => {
    await queue();
    refuse(`554 \u0000 \ud800 #token=${'s3cr3t-'.repeat(7)}`);
    await outbox.deliver(app);
    expect(await rows()).toMatchObject([{ status: 'QUEUED', last_error: '554 \ufffd #token=…' }]);
  });

  it('are held up by none that cannot be sent, however many wait', async () => {
    const stranger = await app.build.buyer();
    for (const index of upTo(23)) await queue({ recipientId: index % 5 === 1 ? stranger.id : person.id });
    outbox.before = ({ to }) => {
      if (to === stranger.email) throw new Error('550 no such user');
    };
    expect(await outbox.deliver(app)).toHaveLength(18);
    const waiting = (await rows()).filter(({ status }) => status === 'QUEUED');
    expect(waiting.map(({ recipient_id }) => recipient_id)).toEqual(upTo(5).map(() => stranger.id));
  });

  it('are not all offered to a server that takes none', async () => {
    for (const _ of upTo(12)) await queue();
    refuse('connect ECONNREFUSED');
    await outbox.deliver(app);
    expect((await rows()).filter(({ attempts }) => attempts === 1)).toHaveLength(5);
    expect((await rows()).filter(({ attempts }) => attempts === 0)).toHaveLength(7);
  });

  it('are sent once each by jobs that run at once', async () => {
    for (const _ of upTo(30)) await queue();
    outbox.before = () => pause(2);
    await Promise.all([outbox.deliver(app), outbox.deliver(app), outbox.deliver(app)]);
    expect(new Set(outbox.letters.map(({ id }) => id)).size).toBe(30);
    expect(outbox.letters).toHaveLength(30);
  });

  it('are sent by another when their sender dies, after two minutes; it has no say any more if it comes back', async () => {
    await queue();
    const [begun, first, second] = upTo(3).map(() => Promise.withResolvers<void>()) as [Turn, Turn, Turn];
    outbox.before = () => {
      begun.resolve();
      return first.promise;
    };
    const lost = outbox.deliver(app);
    await begun.promise;
    expect(await rows()).toMatchObject([{ attempts: 1 }]);

    outbox.before = () => second.promise;
    app.clock.advance(2 * MINUTE - 1);
    expect(await outbox.deliver(app)).toEqual([]);
    app.clock.advance(1);
    const anew = outbox.deliver(app);
    await expect.poll(async () => (await rows())[0]?.attempts, { timeout: 10_000 }).toBe(2);

    const before = await rows();
    first.reject(new Error('came back, and failed'));
    await lost;
    expect(await rows()).toEqual(before);
    second.resolve();
    await anew;
    expect(await rows()).toMatchObject([{ status: 'SENT', attempts: 2, last_error: null }]);
    expect(outbox.letters).toHaveLength(1);
  });

  it('are sent again when their sender dies before it has noted that they went: late rather than never', async () => {
    await queue();
    const ctx = app.system.makeCtx();
    // The process ends as soon as the letter is handed over: nothing is written any more.
    const { em } = ctx;
    Object.defineProperty(ctx, 'em', {
      value: new Proxy(em, {
        get: (target, name) => {
          if (name === 'fork' && outbox.letters.length > 0) throw new Error('the process has died');
          const value = Reflect.get(target, name) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    });
    await expect(sendMails(ctx, 8)).rejects.toThrow('the process has died');
    expect(await outbox.deliver(app)).toEqual([]);
    app.clock.advance(2 * MINUTE);
    await outbox.deliver(app);
    expect(outbox.letters).toHaveLength(2);
    expect(outbox.letters[1]?.id).toBe(outbox.letters[0]?.id);
    expect(await rows()).toMatchObject([{ status: 'SENT', attempts: 2 }]);
  });

  it('are forgotten with their account', async () => {
    const other = await app.build.buyer();
    await queue();
    await queue({ recipientId: other.id });
    await write(app.system.makeCtx(), (tx) => forgetMailsOf(tx, person.id));
    expect(await rows()).toMatchObject([{ recipient_id: other.id }]);
  });

  it('are deleted a week after they were sent or dropped, 90 days after they failed, and never while they wait', async () => {
    await queue();
    await queue({ recipientId: null });
    await outbox.deliver(app);
    await queue();
    await sqlOn(app, `update mails set status = 'FAILED' where status = 'QUEUED'`);
    await queue();
    const left = async () => {
      await sweepMails.run(app.system.makeCtx());
      return (await rows()).map(({ status }) => status);
    };
    app.clock.advance(7 * DAY);
    expect((await left()).sort()).toEqual(['DROPPED', 'FAILED', 'QUEUED', 'SENT']);
    app.clock.advance(1);
    expect(await left()).toEqual(['FAILED', 'QUEUED']);
    app.clock.advance(83 * DAY);
    expect(await left()).toEqual(['QUEUED']);
  });
});

describe('mails of two nodes', () => {
  const outbox = new Outbox();
  const app = useApp('postgresql', { adapters: { mailer: outbox } });

  it('are sent once each, by both', async () => {
    const { id: recipientId } = await app.build.buyer();
    const other = new Outbox();
    const node = await compose(app.system.config, { clock: app.clock, log: testLog, mailer: other });
    try {
      await write(app.system.makeCtx(), async (tx) => {
        for (const _ of upTo(60)) queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId });
      });
      outbox.before = other.before = () => pause(2);
      const counts = await Promise.all([sendMails(app.system.makeCtx(), 8), sendMails(node.makeCtx(), 8)]);
      expect(counts[0] + counts[1]).toBe(60);
      expect(Math.min(...counts), 'one of them did it all: this proves nothing').toBeGreaterThan(0);
      const ids = [...outbox.letters, ...other.letters].map(({ id }) => id);
      expect(ids).toHaveLength(60);
      expect(new Set(ids).size).toBe(60);
    } finally {
      await node.close();
    }
  });
});
