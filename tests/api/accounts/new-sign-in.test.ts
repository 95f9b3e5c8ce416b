import { describe, expect, it } from 'vitest';
import { createAdmin } from '../../../src/modules/accounts/module.js';
import { sweepSessions } from '../../../src/modules/accounts/session.jobs.js';
import {
  LoginDocument,
  LogoutDocument,
  RefreshTokenDocument,
  RegisterDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY } from '../../support/clock.js';
import { upTo } from '../../support/live.js';
import { sqlOn } from '../mail/outbox.js';
import { mailsTo } from './stored.js';

const PASSWORD = 'correct horse battery staple';
const HOME = 'Home/1.0';

describe.each(databaseKinds)('the mail about a new sign-in on %s', (kind) => {
  const app = useApp(kind, {
    config: {
      throttles: {
        loginFailures: 1_000,
        loginFailuresPerIp: 1_000,
        registrationsPerIp: 1_000,
        mailRequests: 2,
        mailRequestsPerIp: 1_000,
      },
    },
  });
  let count = 0;

  /** Somebody who has registered from home, and proved the address. */
  const registered = async (isProved = true) => {
    const input = { email: `at-home-${++count}@example.com`, password: PASSWORD };
    const { register } = await app.ok(RegisterDocument, { input }, { userAgent: HOME });
    const { id } = register.user;
    await sqlOn(app, 'update users set email_verified = ? where id = ?', [isProved, id]);
    return { id, email: input.email, token: register.tokens.accessToken, ...register.tokens };
  };
  const login = (email: string, userAgent: string, password = PASSWORD) =>
    app.request(LoginDocument, { input: { email, password } }, { userAgent });
  const told = async (id: string) =>
    (await mailsTo(app, id, 'NEW_SIGN_IN')).map(({ data, status }) => ({ ...data, status }));

  it('is queued for a client that the account did not know, once, with what is known of it', async () => {
    const ada = await registered();
    await login(ada.email, HOME);
    expect(await told(ada.id)).toEqual([]);
    await login(ada.email, 'Café/2.0');
    const at = app.clock.now().toISOString();
    expect(await told(ada.id)).toEqual([{ at, userAgent: 'Café/2.0', ip: '127.0.0.1', status: 'QUEUED' }]);
    await login(ada.email, 'Café/2.0');
    await login(ada.email, HOME);
    expect(await told(ada.id)).toHaveLength(1);
  });

  it('is not queued for a wrong password, nor for a refresh', async () => {
    const ada = await registered();
    await login(ada.email, 'Thief/1.0', 'wrong');
    const input = { refreshToken: ada.refreshToken };
    await app.ok(RefreshTokenDocument, { input }, { userAgent: 'Thief/1.0' });
    expect(await told(ada.id)).toEqual([]);
  });

  it('is not queued for an address that is not proved', async () => {
    const ada = await registered(false);
    await login(ada.email, 'Café/2.0');
    expect(await told(ada.id)).toEqual([]);
  });

  it('is not queued for who has signed out, but for whoever was signed out by a new password', async () => {
    const ada = await registered();
    await app.ok(LogoutDocument, { input: { refreshToken: ada.refreshToken } }, ada);
    await login(ada.email, HOME);
    expect(await told(ada.id)).toEqual([]);
    await createAdmin(app.system.makeCtx(), { email: ada.email, password: `${PASSWORD}!` });
    await login(ada.email, HOME, `${PASSWORD}!`);
    expect(await told(ada.id)).toHaveLength(1);
  });

  it('is queued for a client that came with a stolen token', async () => {
    const ada = await registered();
    const refresh = (refreshToken: string, userAgent: string) =>
      app.request(RefreshTokenDocument, { input: { refreshToken } }, { userAgent });
    await refresh(ada.refreshToken, 'Thief/1.0');
    await refresh(ada.refreshToken, HOME);
    await login(ada.email, 'Thief/1.0');
    expect(await told(ada.id)).toMatchObject([{ userAgent: 'Thief/1.0' }]);
  });

  it('is queued once nothing is kept any more of the client that came before', async () => {
    const ada = await registered();
    app.clock.advance(9 * DAY);
    await login(ada.email, HOME);
    expect(await told(ada.id)).toEqual([]);
    app.clock.advance(9 * DAY);
    await sweepSessions.run(app.system.makeCtx());
    await login(ada.email, HOME);
    expect(await told(ada.id)).toHaveLength(1);
  });

  it('is not queued where a kept session says nothing of its client: it may have been this one', async () => {
    const buyer = await app.build.buyer();
    await login(buyer.email, HOME);
    expect(await told(buyer.id)).toEqual([]);
  });

  it('fills nobody’s inbox: so many an hour, and the sign-ins go on', async () => {
    const ada = await registered();
    for (const n of upTo(4)) {
      expect((await login(ada.email, `Bot/${n}`)).data?.login.user.id).toBe(ada.id);
    }
    expect(await told(ada.id)).toMatchObject([{ userAgent: 'Bot/1' }, { userAgent: 'Bot/2' }]);
  });
});
