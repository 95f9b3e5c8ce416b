import { type CryptoKey, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { isUuid } from '../../kernel/base.entity.js';
import { partKey } from '../../kernel/context.js';
import { AppError } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/ports.js';
import type { RoomSettings } from '../../kernel/room.js';
import { KnownTokens } from './known-tokens.js';
import { UserType } from './user.entity.js';

export type TokenSettings = Pick<RoomSettings, 'jwtSecrets' | 'accessTokenTtlMs' | 'refreshTokenTtlMs'>;

export interface TokenSubject {
  readonly userId: string;
  readonly userType: UserType;
  readonly sessionId: string;
}

/** What a genuine token says. */
export interface TokenClaims extends TokenSubject {
  readonly jti: string;
  readonly expiresAt: Date;
}

export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshTokenExpiresAt: Date;
  /** Which refresh token this is: the only one of its session that is good from now on. */
  readonly refreshJti: string;
}

/** Media types as RFC 8725 (3.11) and RFC 9068 (2.1) want them: one kind never passes for the other. */
const types = { access: 'at+jwt', refresh: 'rt+jwt' } as const;
type Kind = keyof typeof types;

/** Not the public URL: nodes behind one address, and one that moves, honour each other's tokens. */
const ISSUER = 'carnegotiate';
const AUDIENCE = 'carnegotiate-api';
const ALGORITHM = 'HS256';
const MAX_TOKEN_LENGTH = 4_096;
/** Nodes' clocks may differ by so much. */
export const CLOCK_SKEW_S = 5;

export const tokensPart = partKey<Tokens>('accounts.tokens');

/** Signs and verifies the JSON Web Tokens of sessions. */
export class Tokens {
  private readonly keys: ReadonlyMap<string, Promise<CryptoKey>>;

  /** The keys are fixed for the life of this object: what was genuine once stays so. */
  private readonly known: KnownTokens<TokenClaims>;

  constructor(
    private readonly clock: Clock,
    private readonly settings: TokenSettings,
    mostKnown?: number,
  ) {
    this.known = new KnownTokens(mostKnown);
    this.keys = new Map(settings.jwtSecrets.map(({ kid, secret }) => [kid, importKey(secret)]));
  }

  /** A new pair for a session. Times are whole seconds, as tokens have them. */
  async issue(subject: TokenSubject): Promise<IssuedTokens> {
    const iat = this.now();
    const refreshJti = uuidv7();
    const accessExpiry = iat + this.lifetime('access');
    const refreshExpiry = iat + this.lifetime('refresh');
    const [accessToken, refreshToken] = await Promise.all([
      this.sign('access', subject, uuidv7(), iat, accessExpiry),
      this.sign('refresh', subject, refreshJti, iat, refreshExpiry),
    ]);
    return {
      accessToken,
      refreshToken,
      accessTokenExpiresAt: new Date(accessExpiry * 1_000),
      refreshTokenExpiresAt: new Date(refreshExpiry * 1_000),
      refreshJti,
    };
  }

  /**
   * What a token of this kind says. Whether its session still lives is not its matter.
   * @throws AppError TOKEN_EXPIRED for a genuine one that is too old, UNAUTHENTICATED for everything else.
   */
  async verify(kind: Kind, token: string): Promise<TokenClaims> {
    if (token.length > MAX_TOKEN_LENGTH) throw invalidToken();
    // A refresh token comes once.
    if (kind === 'refresh') return claimsOf(await this.checked(kind, token));
    const known = this.known.get(token, this.now());
    if (known) return known;
    const payload = await this.checked(kind, token);
    const claims = claimsOf(payload);
    this.known.add(token, { claims, ...this.goodFor(payload) });
    return claims;
  }

  private async checked(kind: Kind, token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.keyOf(header), {
        algorithms: [ALGORITHM],
        typ: types[kind],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'nbf', 'sub', 'sid', 'jti', 'user_type'],
        maxTokenAge: this.lifetime(kind),
        clockTolerance: CLOCK_SKEW_S,
        currentDate: this.clock.now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw tokenExpired();
      if (error instanceof errors.JOSEError) throw invalidToken();
      throw error;
    }
  }

  /** Not longer than `checked` would find an access token good: what is outside is put to it again. */
  private goodFor({ exp = 0, iat = 0, nbf = 0 }: JWTPayload): { from: number; until: number } {
    return {
      from: Math.max(iat, nbf) - CLOCK_SKEW_S,
      until: Math.min(exp, iat + this.lifetime('access')) + CLOCK_SKEW_S,
    };
  }

  /** Whole seconds, as jose counts them. */
  private now(): number {
    return Math.floor(this.clock.now().getTime() / 1_000);
  }

  private async sign(kind: Kind, subject: TokenSubject, jti: string, iat: number, exp: number) {
    const { kid } = this.settings.jwtSecrets[0] as TokenSettings['jwtSecrets'][number];
    return new SignJWT({ sid: subject.sessionId, user_type: subject.userType })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ: types[kind] })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject.userId)
      .setJti(jti)
      .setIssuedAt(iat)
      .setNotBefore(iat)
      .setExpirationTime(exp)
      .sign(await this.keyOf({ kid }));
  }

  private keyOf(header: Pick<JWTHeaderParameters, 'kid'>): Promise<CryptoKey> {
    const key = this.keys.get(header.kid ?? '');
    if (!key) throw invalidToken();
    return key;
  }

  private lifetime(kind: Kind): number {
    const { accessTokenTtlMs, refreshTokenTtlMs } = this.settings;
    return Math.floor((kind === 'access' ? accessTokenTtlMs : refreshTokenTtlMs) / 1_000);
  }
}

export function invalidToken(): AppError {
  return new AppError('UNAUTHENTICATED', 'The token is not valid.');
}

export function tokenExpired(): AppError {
  return new AppError('TOKEN_EXPIRED', 'The token has expired.');
}

export function tokenRevoked(): AppError {
  return new AppError('TOKEN_REVOKED', 'The token has been revoked.');
}

function importKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', Buffer.from(secret), algorithm, false, ['sign', 'verify']);
}

function claimsOf({ sub, sid, jti, exp, user_type: userType }: JWTPayload): TokenClaims {
  if (!isId(sub) || !isId(sid) || !isId(jti) || exp === undefined || !isUserType(userType))
    throw invalidToken();
  return { userId: sub, userType, sessionId: sid, jti, expiresAt: new Date(exp * 1_000) };
}

function isId(claim: unknown): claim is string {
  return typeof claim === 'string' && isUuid(claim);
}

function isUserType(claim: unknown): claim is UserType {
  return typeof claim === 'string' && Object.hasOwn(UserType, claim);
}
