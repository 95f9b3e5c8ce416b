import type { Room } from '../../kernel/room.js';
import { accountMails } from './account.mails.js';
import { AccountResolver, AuthPayloadResolver, UserPayloadResolver } from './account.resolver.js';
import { accountRoutes } from './account.routes.js';
import { AccountDeletionResolver } from './account-deletion.resolver.js';
import { AccountRecoveryResolver } from './account-recovery.resolver.js';
import { AccountToken } from './account-token.entity.js';
import { sweepAccountTokens } from './account-token.jobs.js';
import { accountTokensPart } from './account-tokens.js';
import { sweepAvatars } from './avatar.jobs.js';
import { AvatarResolver, PublicUserAvatarResolver, UserProfileResolver } from './avatar.resolver.js';
import { commonPasswords } from './common-passwords.js';
import { Digests, digestsPart } from './digests.js';
import { followRevocations, RevokedSessions, revokedSessionsPart } from './revoked-sessions.js';
import { Session } from './session.entity.js';
import { sweepSessions } from './session.jobs.js';
import { refreshGracePart } from './session.service.js';
import { rateLimitsOf, rateLimitsPart } from './throttles.js';
import { CLOCK_SKEW_S, Tokens, tokensPart } from './tokens.js';
import { User } from './user.entity.js';
import { PublicUserResolver, UserResolver } from './user.resolver.js';
import { emailTaken } from './user.rules.js';

export { createAdmin, register } from './account.service.js';
export { type Authentication, authenticate, onSessionRevoked } from './authenticate.js';
export { hashesAtWork } from './passwords.js';
export { logout } from './session.service.js';

export const accounts: Room = {
  name: 'accounts',
  entities: [User, Session, AccountToken],
  resolvers: [
    AccountResolver,
    AuthPayloadResolver,
    UserPayloadResolver,
    AccountRecoveryResolver,
    AccountDeletionResolver,
    UserResolver,
    PublicUserResolver,
    AvatarResolver,
    UserProfileResolver,
    PublicUserAvatarResolver,
  ],
  constraints: [{ index: 'users_email_unique', columns: 'users.email', error: emailTaken }],
  mails: accountMails,
  oncePerOperation: [
    'login',
    'register',
    'changePassword',
    'resetPassword',
    'requestPasswordReset',
    'deleteAccount',
  ],
  jobs: () => [sweepSessions, sweepAccountTokens, sweepAvatars],
  compose: (services, settings) => {
    services.parts.set(tokensPart, new Tokens(services.clock, settings));
    services.parts.set(accountTokensPart, settings);
    const keepMs = settings.accessTokenTtlMs + CLOCK_SKEW_S * 1_000;
    services.parts.set(revokedSessionsPart, new RevokedSessions(services.clock, keepMs));
    services.parts.set(refreshGracePart, settings.refreshGraceMs);
    services.parts.set(digestsPart, new Digests(settings.jwtSecrets.map(({ secret }) => secret)));
    services.parts.set(rateLimitsPart, rateLimitsOf(settings.throttles));
  },
  background: (services, makeCtx) => {
    // Loaded now, or the first who registers would wait for it.
    commonPasswords().catch((error: unknown) =>
      services.log.error({ err: error }, 'the commonest passwords could not be loaded'),
    );
    return followRevocations(services, makeCtx);
  },
  routes: accountRoutes,
};
