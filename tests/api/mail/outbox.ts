import type { Letter, Mailer } from '../../../src/kernel/ports.js';
import { sendMails } from '../../../src/modules/mail/module.js';
import type { TestApp } from '../../support/app.js';

/** A mailer that keeps what it is given, and does what a test tells it before. */
export class Outbox implements Mailer {
  readonly letters: Letter[] = [];
  /** Called for each letter before it is kept; what it throws is the mail server's refusal. */
  before: (letter: Letter) => Promise<void> | void = () => undefined;

  async send(letter: Letter): Promise<void> {
    await this.before(letter);
    this.letters.push(letter);
  }

  async close(): Promise<void> {}

  /** Runs the job once, and tells what it sent. */
  async deliver(app: TestApp): Promise<Letter[]> {
    const before = this.letters.length;
    await sendMails(app.system.makeCtx(), app.system.config.mailAttempts);
    return this.letters.slice(before);
  }

  /** The same where one letter is expected. */
  async deliverOne(app: TestApp): Promise<Letter> {
    const letters = await this.deliver(app);
    if (letters.length !== 1)
      throw new Error(`Sent: ${JSON.stringify(letters.map(({ subject }) => subject))}`);
    return letters[0] as Letter;
  }
}

/** The secret of a letter's link. */
export function tokenIn(letter: Letter): string {
  const token = /#token=([\w-]{43})\n/.exec(letter.text)?.[1];
  if (!token) throw new Error(`No token in: ${letter.text}`);
  return token;
}

/** Every mail and every secret's digest, whole, and what they are about. */
export async function storedMail(app: TestApp) {
  const connection = app.orm.em.fork().getConnection();
  const all = (table: string): Promise<Array<Record<string, unknown>>> =>
    connection.execute(`select * from ${table} order by id`);
  return { mails: await all('mails'), tokens: await all('account_tokens'), users: await all('users') };
}

export async function sqlOn(app: TestApp, statement: string, values: unknown[] = []): Promise<void> {
  await app.orm.em.fork().getConnection().execute(statement, values);
}
