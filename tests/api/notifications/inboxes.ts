import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sendMails } from '../../../src/modules/mail/module.js';
import { type NotificationKind, SetNotificationPreferenceDocument } from '../../generated/operations.js';
import type { TestApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { headersOf, partOf } from '../mail/mail-server.js';
import { sqlOn } from '../mail/outbox.js';

/** A mail as its reader has it. */
export interface Received {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Record<string, string>;
}

/** The mails of an app, read from the files that its mailer writes. */
export class MailFolder {
  private readonly seen = new Set<string>();

  constructor(private readonly app: TestApp) {}

  /** Runs the job once, and reads what it wrote: in the order in which the mails were queued. */
  async deliver(): Promise<Received[]> {
    await sendMails(this.app.system.makeCtx(), 8);
    const directory = join(this.app.files, 'mail');
    const files = (await readdir(directory).catch(() => [])).filter((file) => !this.seen.has(file)).sort();
    for (const file of files) this.seen.add(file);
    return Promise.all(files.map(async (file) => read(await readFile(join(directory, file), 'utf8'))));
  }

  /** The same, as who got what. */
  async told(): Promise<Array<[to: string, subject: string]>> {
    return (await this.deliver()).map(({ to, subject }) => [to, subject]);
  }

  /** What waits is forgotten. */
  async clear(): Promise<void> {
    await sqlOn(this.app, 'delete from mails');
  }
}

function read(raw: string): Received {
  const headers = headersOf(raw);
  const { To = '', Subject = '' } = headers;
  const text = partOf(raw, 'text/plain');
  return { to: To, subject: Subject, text, html: partOf(raw, 'text/html'), headers };
}

export function prefer(app: TestApp, who: Person, kind: NotificationKind, email: boolean) {
  return app.ok(SetNotificationPreferenceDocument, { input: { kind, email } }, who);
}

/** Proves a person's address. */
export function prove(app: TestApp, { id }: Person): Promise<void> {
  return sqlOn(app, 'update users set email_verified = true where id = ?', [id]);
}

/** Where a mail says that it is switched off, as its app hears of it. */
export function unsubscribePath({ headers }: Received): string {
  const url = /^<(http:[^<>\s]+)>$/.exec(headers['List-Unsubscribe'] ?? '')?.[1];
  if (!url) throw new Error(`No link: ${JSON.stringify(headers)}`);
  const { pathname, search } = new URL(url);
  return pathname + search;
}
