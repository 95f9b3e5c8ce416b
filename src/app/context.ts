import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Kysely } from 'kysely';
import type { Ctx, Services, Viewer } from '../kernel/context.js';
import type { AppError } from '../kernel/errors.js';
import { Loaders } from '../kernel/loader.js';
import { OperationLog } from './operation-log.js';
import type { Orm } from './orm.js';

export interface Caller {
  readonly viewer: Viewer | null;
  readonly authError: AppError | null;
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly cutOff: (reason: string) => void;
}

export function guest(): Caller {
  return {
    viewer: null,
    authError: null,
    ip: '',
    userAgent: '',
    requestId: randomUUID(),
    cutOff: () => undefined,
  };
}

/**
 * A context with a unit of work and loaders of its own: one for each HTTP operation, and one for each event of a
 * subscription. With a replica, for what only reads and may lag behind, all its reads go there.
 */
export function makeContext(
  services: Services,
  orm: Orm,
  caller: Caller,
  replica: Kysely<object> | null = null,
): Ctx {
  const em = orm.em.fork({ useContext: true });
  // To MikroORM it is what a transaction is: where the statements of this unit of work run.
  if (replica) em.setTransactionContext(replica);
  return {
    ...services,
    log: new OperationLog(services.log, caller.requestId),
    viewer: caller.viewer,
    authError: caller.authError,
    ip: caller.ip,
    userAgent: caller.userAgent,
    requestId: caller.requestId,
    cutOff: caller.cutOff,
    em,
    loaders: new Loaders(),
  };
}

/**
 * The Authorization header of a request. Of several nobody can say which one a proxy in front has looked at: together
 * they are no token.
 */
export function authorizationHeader(request: Pick<IncomingMessage, 'headersDistinct'>): string | undefined {
  return request.headersDistinct.authorization?.join(', ');
}

/** The token of an `Authorization: Bearer …` header; the whole value where it is of another kind, to be refused as a token. */
export function bearerOf(header: string | undefined): string | null {
  if (!header) return null;
  return /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? header;
}

/** As much of a User-Agent as tells one client from another. */
export function userAgentOf(header: string | undefined): string {
  return (header ?? '').slice(0, 200);
}
