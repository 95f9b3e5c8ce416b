import type { Room } from '../../kernel/room.js';
import { AccountResolver, AuthPayloadResolver } from './account.resolver.js';
import { accountRoutes } from './account.routes.js';
import { AccountToken } from './account-token.entity.js';
import { followRevocations, RevokedSessions, revokedSessionsPart } from './revoked-sessions.js';
import { Session } from './session.entity.js';
import { sweepSessions } from './session.jobs.js';
import { CLOCK_SKEW_S, Tokens, tokensPart } from './tokens.js';
import { User } from './user.entity.js';
import { PublicUserResolver, UserResolver } from './user.resolver.js';
import { emailTaken } from './user.rules.js';

export { createAdmin, register } from './account.service.js';
export { type Authentication, authenticate, onSessionRevoked } from './authenticate.js';
export { logout } from './session.service.js';

export const accounts: Room = {
  name: 'accounts',
  entities: [User, Session, AccountToken],
  resolvers: [AccountResolver, AuthPayloadResolver, UserResolver, PublicUserResolver],
  constraints: [{ index: 'users_email_unique', columns: 'users.email', error: emailTaken }],
  jobs: () => [sweepSessions],
  compose: (services, settings) => {
    services.parts.set(tokensPart, new Tokens(services.clock, settings));
    const keepMs = settings.accessTokenTtlMs + CLOCK_SKEW_S * 1_000;
    services.parts.set(revokedSessionsPart, new RevokedSessions(services.clock, keepMs));
  },
  background: followRevocations,
  routes: accountRoutes,
};
