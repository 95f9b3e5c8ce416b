import type { KyselyPlugin } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Letter } from '../../../src/kernel/ports.js';
import { write } from '../../../src/kernel/unit-of-work.js';
import { type BurstRequest, queueBursts } from '../../../src/modules/mail/index.js';
import { sendMails } from '../../../src/modules/mail/module.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltNegotiation, DealerPerson, Person } from '../../support/builders.js';
import { HOUR, MINUTE } from '../../support/clock.js';
import { upTo } from '../../support/live.js';
import { move } from '../../support/moves.js';
import { Outbox, sqlOn, storedMail } from '../mail/outbox.js';
import { prefer, prove } from './inboxes.js';

const CAR = '2021 Toyota Camry XLE';
const MARK_READ = `mutation ($input: MarkNegotiationReadInput!) {
  markNegotiationRead(input: $input) { negotiation { id } }
}`;
const READ_ALL = 'mutation { markAllNotificationsRead { count } }';

describe.each(databaseKinds)('the mails about messages, on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { adapters: { mailer: outbox } });
  let dealer: DealerPerson;
  let buyer: Person;
  let deal: BuiltNegotiation;

  beforeEach(async () => {
    outbox.before = () => undefined;
    dealer = await app.build.dealer();
    buyer = await app.build.buyer();
    deal = await app.build.negotiation({ buyer, vehicle: await app.build.vehicle(dealer) });
    await prefer(app, dealer, 'MESSAGE_RECEIVED', true);
    await prove(app, dealer);
    await sqlOn(app, 'delete from mails');
  });

  const say = async (body: string, who = buyer, about = deal) => {
    const input = { negotiationId: about.id, body };
    const { code, sequence = 0 } = await move(app, who, 'sendMessage', input);
    expect(code).toBe('OK');
    return sequence;
  };
  const wait = (ms = 5 * MINUTE) => app.clock.advance(ms);
  /** The words of each mail that goes out now. */
  const told = async () => heardIn(await outbox.deliver(app));
  const mails = async () => (await storedMail(app)).mails.filter((mail) => mail.kind === 'MESSAGE_RECEIVED');

  it('are sent to nobody who has not asked for them', async () => {
    await say('Is it still there?', dealer);
    wait();
    expect(await told()).toEqual([]);
  });

  it('tell of all that came within five minutes, in one', async () => {
    await say('One.');
    wait(5 * MINUTE - 1);
    await say('Two.');
    expect(await told()).toEqual([]);
    wait(1);
    const letter = await outbox.deliverOne(app);
    expect(letter).toMatchObject({
      to: dealer.email,
      subject: `2 new messages about the ${CAR}`,
      unsubscribeUrl: expect.stringContaining('.MESSAGE_RECEIVED.'),
    });
    expect(letter.text).toContain(
      `The buyer wrote about the ${CAR}.\n\n“One.”\n\n“Two.”\n\nOpen the negotiation:\n`,
    );
    expect(await mails()).toHaveLength(1);
    wait(HOUR);
    expect(await told()).toEqual([]);
  });

  it('are one for each negotiation', async () => {
    const other = await app.build.negotiation({ vehicle: await app.build.vehicle(dealer) });
    await sqlOn(app, 'delete from mails');
    await say('One.');
    await say('Another.', other.buyer, other);
    await say('Two.');
    wait();
    expect((await told()).sort()).toEqual([['Another.'], ['One.', 'Two.']]);
  });

  it('list twenty, shortened, and count the rest', async () => {
    await say('x'.repeat(1_000));
    for (const n of upTo(22)) await say(`Number ${n}.`);
    wait();
    const { subject, text } = await outbox.deliverOne(app);
    expect(subject).toBe(`23 new messages about the ${CAR}`);
    expect([...text.matchAll(/“[^”]*”/g)]).toHaveLength(20);
    expect(text).toContain(`“${'x'.repeat(500)}…”`);
    expect(text).toContain('\n\n… and 3 more.\n\n');
  });

  it('carry no word to an address that is not proved', async () => {
    await sqlOn(app, 'update users set email_verified = false');
    await say('Visit evil.test.');
    wait();
    const letter = await outbox.deliverOne(app);
    expect(JSON.stringify(letter)).not.toContain('evil');
    expect(letter.text).toContain(`The buyer wrote about the ${CAR}.`);
  });

  it('leave out what was read meanwhile, in the negotiation or in the inbox', async () => {
    await say('One.');
    const sequence = await say('Two.');
    await app.ok(MARK_READ, { input: { negotiationId: deal.id, sequence: sequence - 1 } }, dealer);
    wait();
    expect(await told()).toEqual([['Two.']]);
    const last = await say('Three.');
    await app.ok(MARK_READ, { input: { negotiationId: deal.id, sequence: last } }, dealer);
    wait();
    expect(await told()).toEqual([]);
    await say('Four.');
    await app.ok(READ_ALL, {}, dealer);
    wait();
    expect(await told()).toEqual([]);
  });

  it('tell in the next one of what comes while one is being sent', async () => {
    await say('One.');
    wait();
    outbox.before = async () => {
      outbox.before = () => undefined;
      await say('Two.');
    };
    expect(await told()).toEqual([['One.']]);
    expect(await told()).toEqual([]);
    wait();
    expect(await told()).toEqual([['Two.']]);
  });

  it('tell once of what comes while one is being written', async () => {
    await say('One.');
    wait();
    const ctx = app.system.makeCtx();
    let isSaid = false;
    const meanwhile = after(/burst_from/, async () => {
      if (!isSaid) await say('Two.');
      isSaid = true;
    });
    const em = new Proxy(ctx.em, {
      get: (target, name) => {
        if (name === 'getKysely') return () => target.getKysely().withPlugin(meanwhile);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await sendMails({ ...ctx, em }, 8);
    expect([isSaid, heardIn(outbox.letters.slice(-1))]).toEqual([true, [['One.']]]);
    wait();
    expect(await told()).toEqual([['Two.']]);
  });

  // On SQLite a writer is alone anyway.
  if (kind === 'postgresql')
    it('wait for a message whose transaction is still under way', async () => {
      await say('One.');
      wait();
      const [waiting] = await mails();
      await write(app.system.makeCtx(), async (tx) => {
        const {
          kind: mailKind,
          recipient_id: recipientId,
          burst_key: key,
        } = waiting as Record<string, string>;
        await queueBursts(tx, [{ kind: mailKind, recipientId, key, from: 999, delayMs: 0 } as BurstRequest]);
        expect(await told(), 'it is not begun').toEqual([]);
      });
      expect(await told()).toEqual([['One.']]);
      expect(await mails()).toMatchObject([{ burst_from: waiting?.burst_from, status: 'SENT' }]);
    });

  it('do not tell again, when one is tried again, of what another tells', async () => {
    await say('One.');
    wait();
    outbox.before = () => Promise.reject(new Error('451 try later'));
    await told();
    await say('Two.');
    outbox.before = () => undefined;
    wait(30_000);
    expect(await told()).toEqual([['One.']]);
    wait();
    expect(await told()).toEqual([['Two.']]);

    await say('Three.');
    wait();
    outbox.before = ({ text }) => {
      if (text.includes('Three.')) throw new Error('451 try later');
    };
    await told();
    await say('Four.');
    wait();
    expect(await told(), 'the later one first').toEqual([['Four.']]);
    outbox.before = () => undefined;
    wait();
    expect(await told()).toEqual([['Three.']]);
  });

  it('are one for any number of messages at once, and miss none that comes while they are sent', async () => {
    await Promise.all(upTo(12).map((n) => say(`At once ${n}.`)));
    expect(await mails()).toHaveLength(1);
    wait();
    // The job and the writers side by side: each message is told once, by whichever mail.
    const heard: string[] = [];
    const listen = async () => {
      for (const letter of await outbox.deliver(app))
        heard.push(...[...letter.text.matchAll(/“([^”]*)”/g)].map(([, words]) => words as string));
    };
    const writing = Promise.all(upTo(12).map((n) => say(`Meanwhile ${n}.`)));
    for (const _ of upTo(4)) await listen();
    await writing;
    wait();
    await listen();
    const all = ['At once', 'Meanwhile'].flatMap((words) => upTo(12).map((n) => `${words} ${n}.`));
    expect(heard.toSorted()).toEqual(all.toSorted());
  });
});

function heardIn(letters: readonly Letter[]): string[][] {
  return letters.map(({ text }) => [...text.matchAll(/“([^”]*)”/g)].map(([, words]) => words as string));
}

/** Does something when a statement like this has been answered, before its reader goes on. */
function after(statement: RegExp, work: () => Promise<void>): KyselyPlugin {
  const meant = new WeakSet<object>();
  return {
    transformQuery: ({ node, queryId }) => {
      if (statement.test(JSON.stringify(node))) meant.add(queryId);
      return node;
    },
    transformResult: async ({ result, queryId }) => {
      if (meant.has(queryId)) await work();
      return result;
    },
  };
}
