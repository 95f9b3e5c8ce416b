import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Policy } from '../kernel/context.js';

export interface SigningKey {
  readonly kid: string;
  readonly secret: string;
}

export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly publicUrl: string;
  /** The first signs, all verify. */
  readonly jwtSecrets: readonly SigningKey[];
  readonly accessTokenTtlMs: number;
  readonly refreshTokenTtlMs: number;
  readonly corsAllowedOrigins: readonly string[];
  readonly logLevel: string;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly demoData: boolean;
  readonly policy: Policy;
  readonly sweepIntervalMs: number;
  readonly headPollMs: number;
  readonly streamQueueLimit: number;
  readonly maxBodyBytes: number;
  readonly maxSocketMessageBytes: number;
  readonly maxUnsentBytes: number;
  readonly maxQueryTokens: number;
  readonly socketInitTimeoutMs: number;
  readonly socketPingMs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const int = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

const secrets = z.string().transform((text, ctx) => {
  const keys: SigningKey[] = [];
  for (const part of text.split(',')) {
    const match = /^([\w-]{1,40}):(.{32,})$/.exec(part.trim());
    if (match) keys.push({ kid: match[1] as string, secret: match[2] as string });
    else ctx.addIssue('each key is written kid:secret, with a secret of at least 32 characters');
  }
  if (new Set(keys.map((key) => key.kid)).size < keys.length) ctx.addIssue('each kid may stand there once');
  return keys;
});

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: int(0, 65_535, 4000),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'write sqlite:PATH or postgresql://…')
    .default('sqlite:data/carnegotiate.sqlite'),
  DATABASE_POOL_SIZE: int(1, 500, 20),
  PUBLIC_URL: z.url().optional(),
  JWT_SECRETS: secrets.optional(),
  ACCESS_TOKEN_MINUTES: int(1, 24 * 60, 60),
  REFRESH_TOKEN_DAYS: int(1, 365, 7),
  CORS_ALLOWED_ORIGINS: z
    .string()
    .default('http://localhost:3000,http://127.0.0.1:3000')
    .transform((text) =>
      text
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.url())),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  DEMO_DATA: flag.optional(),
  PAGE_SIZE: int(1, 100, 20),
  MAX_PAGE_SIZE: int(1, 1_000, 100),
  OFFER_LIFETIME_HOURS: int(1, 24 * 90, 48),
  OFFERS_PER_VEHICLE: int(1, 100, 5),
  HOLD_DAYS: int(1, 90, 7),
  MINIMUM_OFFER_PERCENT: int(1, 100, 50),
  SWEEP_SECONDS: int(1, 3_600, 5),
  HEAD_POLL_MS: int(50, 60_000, 2_000),
  STREAM_QUEUE_LIMIT: int(8, 100_000, 256),
  MAX_BODY_BYTES: int(1_024, 10_000_000, 100 * 1024),
  MAX_SOCKET_MESSAGE_BYTES: int(1_024, 10_000_000, 64 * 1024),
  MAX_UNSENT_BYTES: int(1_024, 100_000_000, 1024 * 1024),
  MAX_QUERY_TOKENS: int(100, 100_000, 2_000),
  SOCKET_INIT_SECONDS: int(1, 60, 3),
  SOCKET_PING_SECONDS: int(1, 600, 12),
});

/** The names of all settings, for `.env.example` to list. */
export const settingNames: readonly string[] = Object.keys(schema.shape);

/**
 * Reads the settings whole and says every fault at once. The only reader of the environment.
 * @throws Error with one line for each setting that is wrong or missing.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const faults = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  if (given.NODE_ENV === 'production' && !given.JWT_SECRETS) {
    faults.push('JWT_SECRETS: set it in production, as kid:secret with a secret of 32 characters or more');
  }
  if (!parsed.success || faults.length > 0) throw new Error(faultText(faults));
  const s = parsed.data;
  const production = s.NODE_ENV === 'production';
  return {
    environment: s.NODE_ENV,
    host: s.HOST,
    port: s.PORT,
    databaseUrl: s.DATABASE_URL,
    databasePoolSize: s.DATABASE_POOL_SIZE,
    publicUrl: s.PUBLIC_URL ?? `http://${s.HOST}:${s.PORT}`,
    jwtSecrets: s.JWT_SECRETS ?? [developmentSecret()],
    accessTokenTtlMs: s.ACCESS_TOKEN_MINUTES * 60_000,
    refreshTokenTtlMs: s.REFRESH_TOKEN_DAYS * DAY,
    corsAllowedOrigins: s.CORS_ALLOWED_ORIGINS,
    logLevel: s.LOG_LEVEL,
    graphiql: s.GRAPHIQL ?? !production,
    introspection: s.INTROSPECTION ?? !production,
    demoData: s.DEMO_DATA ?? s.NODE_ENV === 'development',
    policy: {
      pageSize: s.PAGE_SIZE,
      maxPageSize: s.MAX_PAGE_SIZE,
      offerLifetimeMs: s.OFFER_LIFETIME_HOURS * HOUR,
      offersPerVehicle: s.OFFERS_PER_VEHICLE,
      holdMs: s.HOLD_DAYS * DAY,
      minimumOfferPercent: s.MINIMUM_OFFER_PERCENT,
    },
    sweepIntervalMs: s.SWEEP_SECONDS * 1_000,
    headPollMs: s.HEAD_POLL_MS,
    streamQueueLimit: s.STREAM_QUEUE_LIMIT,
    maxBodyBytes: s.MAX_BODY_BYTES,
    maxSocketMessageBytes: s.MAX_SOCKET_MESSAGE_BYTES,
    maxUnsentBytes: s.MAX_UNSENT_BYTES,
    maxQueryTokens: s.MAX_QUERY_TOKENS,
    socketInitTimeoutMs: s.SOCKET_INIT_SECONDS * 1_000,
    socketPingMs: s.SOCKET_PING_SECONDS * 1_000,
  };
}

function faultText(faults: readonly string[]): string {
  return ['The settings are not usable:', ...faults.map((fault) => `  ${fault}`)].join('\n');
}

const SECRET_FILE = 'data/development-secret';

/** Made once and kept, so that a restart in development signs nobody out. */
function developmentSecret(): SigningKey {
  if (!existsSync(SECRET_FILE)) {
    mkdirSync(dirname(SECRET_FILE), { recursive: true });
    writeFileSync(SECRET_FILE, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  return { kid: 'development', secret: readFileSync(SECRET_FILE, 'utf8').trim() };
}
