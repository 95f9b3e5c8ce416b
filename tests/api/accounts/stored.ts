import { decodeJwt, type JWTPayload } from 'jose';
import { Mail } from '../../../src/modules/mail/mail.entity.js';
import type { TestApp } from '../../support/app.js';

/** Every account and session, whole: what a refusal must leave as it was. */
export async function stored(app: TestApp) {
  const connection = app.orm.em.fork().getConnection();
  return {
    users: await connection.execute('select * from users order by id'),
    sessions: await connection.execute('select * from sessions order by id'),
  };
}

/** The mails of a kind that wait to be sent to an account, oldest first. */
export async function mailsTo(app: TestApp, recipientId: string, kind: string): Promise<Mail[]> {
  return app.orm.em.fork().find(Mail, { recipientId, kind }, { orderBy: { id: 'asc' } });
}

/** What a token says of itself, unchecked. */
export function claimsOf(token: string): JWTPayload & { sid: string; sub: string; jti: string; exp: number } {
  return decodeJwt(token);
}
