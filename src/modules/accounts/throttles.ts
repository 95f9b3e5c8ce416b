import { type Ctx, partKey } from '../../kernel/context.js';
import { AppError } from '../../kernel/errors.js';
import { networkOf } from '../../kernel/networks.js';
import type { RateLimit } from '../../kernel/ports.js';
import type { Throttles } from '../../kernel/room.js';
import { digestsPart } from './digests.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How often what may be tried: the settings' figures, and the time over which each is counted. */
export function rateLimitsOf(figures: Throttles) {
  return {
    /** Wrong passwords to one address from one network. */
    loginFailures: { name: 'login-failures', points: figures.loginFailures, durationMs: 15 * MINUTE },
    /** Wrong passwords from one network, whatever the address. */
    loginFailuresPerIp: { name: 'login-failures-ip', points: figures.loginFailuresPerIp, durationMs: DAY },
    /** Wrong passwords of who is signed in already and is asked for it again, from one network. */
    wrongPasswords: { name: 'wrong-passwords', points: figures.loginFailures, durationMs: 15 * MINUTE },
    registrationsPerIp: { name: 'registrations-ip', points: figures.registrationsPerIp, durationMs: HOUR },
    /** Links to a new password, asked for of one address from one network. */
    resetRequests: { name: 'reset-requests', points: figures.mailRequests, durationMs: HOUR },
    /** Links to a new password that are sent to one address, wherever they are asked for. */
    resetMails: { name: 'reset-mails', points: figures.mailRequests, durationMs: HOUR },
    /** Links that prove an address, to that address: of the account that has it, and of those that had it. */
    verificationMails: { name: 'verification-mails', points: figures.mailRequests, durationMs: HOUR },
    mailRequestsPerIp: { name: 'mail-requests-ip', points: figures.mailRequestsPerIp, durationMs: HOUR },
    /** Mails that tell an account what was done to it. */
    notices: { name: 'notices', points: figures.mailRequests, durationMs: HOUR },
    /** Pictures that an account is given. A person changes its mind a few times; each costs a core most of a second. */
    uploads: { name: 'uploads', points: 60, durationMs: HOUR },
    /** Calls that bring photos of vehicles, ten at most each: enough to list sixty vehicles with all of theirs. */
    photoUploads: { name: 'photo-uploads', points: 240, durationMs: HOUR },
    /** Files of vehicles: a dealer corrects one and sends it again, and others send theirs every hour. */
    bulkUploads: { name: 'bulk-uploads', points: 60, durationMs: HOUR },
    /** Documents that a dealer gives in: a few, and a few again where some were blurred. */
    documents: { name: 'documents', points: 60, durationMs: HOUR },
  } as const satisfies Record<string, RateLimit>;
}

export type RateLimitName = keyof ReturnType<typeof rateLimitsOf>;

export const rateLimitsPart = partKey<Record<RateLimitName, RateLimit>>('accounts.rate-limits');

/** What is counted under; null for what runs beside the requests, and is not counted. */
export type ThrottleKey = string | null;

/** The client's network. */
export function networkKey(ctx: Pick<Ctx, 'ip'>): ThrottleKey {
  return ctx.ip === '' ? null : networkOf(ctx.ip);
}

/**
 * An account's id or an e-mail address in its normal form, known or not, as tried from the client's network: strangers
 * elsewhere lock nobody out.
 */
export function guessKey(ctx: Pick<Ctx, 'ip' | 'parts'>, whose: string): ThrottleKey {
  return ctx.ip === '' ? null : ctx.parts.get(digestsPart).of('guess', whose, networkOf(ctx.ip));
}

/** An e-mail address in its normal form, known or not, from wherever. */
export function addressKey(ctx: Pick<Ctx, 'ip' | 'parts'>, email: string): ThrottleKey {
  return ctx.ip === '' ? null : ctx.parts.get(digestsPart).of('address', email);
}

/**
 * Spends a point of `key`, before the work that it is spent for: who tries many at once has no more than who tries one
 * by one. @throws AppError RATE_LIMITED with `retryAfterSeconds`.
 */
export async function throttled(ctx: Ctx, name: RateLimitName, key: ThrottleKey): Promise<void> {
  const waitMs = await spend(ctx, name, key);
  if (waitMs !== null) throw rateLimited(waitMs);
}

/** The same of a limit that a room above has made of figures of its own. */
export async function throttledBy(ctx: Ctx, limit: RateLimit, key: string): Promise<void> {
  const waitMs = await counted(ctx, limit, key, null, (which, of) => ctx.rateLimits.spend(which, of));
  if (waitMs !== null) throw rateLimited(waitMs);
}

/** What was spent of such a limit was not needed. */
export function giveBackTo(ctx: Ctx, limit: RateLimit, key: string): Promise<void> {
  return counted(ctx, limit, key, undefined, (which, of) => ctx.rateLimits.giveBack(which, of));
}

/** Spends a point of each, or of none. @throws AppError RATE_LIMITED, as of the first that has none left. */
export async function throttledByAll(
  ctx: Ctx,
  ...tries: ReadonlyArray<readonly [name: RateLimitName, key: ThrottleKey]>
): Promise<void> {
  for (const [index, [name, key]] of tries.entries()) {
    const waitMs = await spend(ctx, name, key);
    if (waitMs === null) continue;
    for (const spent of tries.slice(0, index)) await giveBack(ctx, ...spent);
    throw rateLimited(waitMs);
  }
}

/** Spends a point, and says whether there was one. */
export async function isAllowed(ctx: Ctx, name: RateLimitName, key: ThrottleKey): Promise<boolean> {
  return (await spend(ctx, name, key)) === null;
}

/** What was spent was not needed: the password was right. */
export function giveBack(ctx: Ctx, name: RateLimitName, key: ThrottleKey): Promise<void> {
  return counted(ctx, name, key, undefined, (limit, of) => ctx.rateLimits.giveBack(limit, of));
}

/** Whatever was spent is forgotten. */
export function forgive(ctx: Ctx, name: RateLimitName, key: ThrottleKey): Promise<void> {
  return counted(ctx, name, key, undefined, (limit, of) => ctx.rateLimits.reset(limit, of));
}

function spend(ctx: Ctx, name: RateLimitName, key: ThrottleKey): Promise<number | null> {
  return counted(ctx, name, key, null, (limit, of) => ctx.rateLimits.spend(limit, of));
}

/** A store that does not answer must lock nobody out: it is logged, and counts nothing. */
async function counted<T>(
  ctx: Ctx,
  which: RateLimitName | RateLimit,
  key: ThrottleKey,
  otherwise: T,
  work: (limit: RateLimit, key: string) => Promise<T>,
): Promise<T> {
  if (key === null) return otherwise;
  const limit = typeof which === 'string' ? ctx.parts.get(rateLimitsPart)[which] : which;
  try {
    return await work(limit, key);
  } catch (error) {
    ctx.log.error({ err: error, limit: limit.name }, 'attempts could not be counted: going on without');
    return otherwise;
  }
}

function rateLimited(waitMs: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  const message = `Request was throttled. Expected available in ${retryAfterSeconds} seconds.`;
  return new AppError('RATE_LIMITED', message, { retryAfterSeconds });
}
