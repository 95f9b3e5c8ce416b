import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import type { MailTemplate, QueuedMail } from '../../kernel/mail.js';
import { type Content, layOut } from '../mail/index.js';
import { greetingOf } from './account-mails.rules.js';

/** An account as its mails need it: read when they are sent. */
export interface Recipient {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly firstName: string | null;
}

/** What a letter says, below its greeting; null where it no longer has a point. */
export type Compose = (ctx: Ctx, mail: QueuedMail, to: Recipient) => Promise<Content | null> | Content | null;

/** A letter to an account. Finds the address now: it may have changed since, and the account may be gone. */
export function letterToAccount(kind: string, compose: Compose): MailTemplate {
  return {
    kind,
    async compose(ctx, mail) {
      const to = mail.recipientId === null ? null : await recipient(ctx, mail.recipientId);
      const content = to && (await compose(ctx, mail, to));
      if (!to || !content) return null;
      const paragraphs = [greetingOf(to), ...content.paragraphs];
      return { to: to.email, ...layOut({ ...content, paragraphs }) };
    },
  };
}

async function recipient(ctx: Ctx, id: string): Promise<Recipient | null> {
  const { rows } = await sql<Recipient>`
    select id, email, email_verified as "emailVerified", first_name as "firstName"
    from users where id = ${id} and deleted_at is null`.execute(ctx.em.getKysely());
  // SQLite tells truth values as 0 and 1.
  return rows[0] ? { ...rows[0], emailVerified: Boolean(rows[0].emailVerified) } : null;
}
