import { z } from 'zod';
import { readS3Url } from '../platform/storage/s3-url.js';
import { isNetwork } from './trusted-proxies.js';

/** A key that signs tokens, by the name that tokens call it. */
export interface SigningKey {
  readonly kid: string;
  readonly secret: string;
}

const int = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** As a browser writes it: without a path, without the port that the scheme implies. */
const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

/** What a browser opens: links in mails and answers begin with it. */
const webAddress = z.url({ protocol: /^https?$/, error: 'write http://… or https://…' });

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

const storageUrl = z.string().superRefine((url, ctx) => {
  if (/^disk:./.test(url)) return;
  if (!url.startsWith('s3:')) return ctx.addIssue('write disk:PATH or s3://BUCKET?…');
  try {
    readS3Url(url);
  } catch (error) {
    ctx.addIssue((error as Error).message);
  }
});

const POSTGRESQL = /^postgres(ql)?:\/\/.+$/;

/** Every setting: its name, its bounds and its default. `.env.example` says what each is for. */
export const settingsSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: int(0, 65_535, 4000),
  WEB_CONCURRENCY: int(1, 256, 1),
  STOP_SECONDS: int(1, 600, 10),
  DRAIN_SECONDS: int(0, 300, 0),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  METRICS_HOST: z.string().min(1).optional(),
  METRICS_TOKEN: z.string().min(16, 'write 16 characters or more').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'write http://… or https://…' })
    .optional(),
  OTEL_SERVICE_NAME: z.string().min(1).max(100).default('carnegotiate'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'write sqlite:PATH or postgresql://…')
    .default('sqlite:data/carnegotiate.sqlite'),
  DATABASE_POOL_SIZE: int(1, 500, 20),
  DATABASE_REPLICA_URLS: list
    .pipe(z.array(z.string().regex(POSTGRESQL, 'write postgresql://…')))
    .prefault(''),
  DATABASE_REPLICA_LAG_SECONDS: int(1, 3_600, 5),
  DATABASE_CONNECT_SECONDS: int(1, 300, 5),
  DATABASE_STATEMENT_SECONDS: int(1, 3_600, 60),
  DATABASE_LOCK_SECONDS: int(1, 3_600, 8),
  DATABASE_IDLE_TRANSACTION_SECONDS: int(1, 3_600, 30),
  REDIS_URL: z
    .string()
    .refine(
      (url) => /^rediss?:\/\/[^/]/.test(url) && URL.canParse(url),
      'write redis://USER:PASSWORD@HOST:PORT or rediss://…',
    )
    .optional(),
  REDIS_CLUSTER: flag.default(false),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]{1,40}$/, 'write up to 40 letters, digits, - and _')
    .default('carnegotiate'),
  PUBLIC_URL: webAddress.optional(),
  WEB_URL: webAddress.optional(),
  STORAGE_URL: storageUrl.default('disk:uploads'),
  MEDIA_URL: webAddress.optional(),
  TEMPORARY_DIRECTORY: z.string().min(1).default('data/tmp'),
  VIN_DATABASE_DIRECTORY: z.string().min(1).default('data/vin'),
  SMTP_URL: z
    .string()
    .refine(
      (url) => /^smtps?:\/\/[^/]/.test(url) && URL.canParse(url),
      'write smtp://USER:PASSWORD@HOST:PORT or smtps://…',
    )
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>,;:@"\p{Cc}]*<[^\s<>,;:@"()]+@[^\s<>,;:@"()]+>|[^\s<>,;:@"()]+@[^\s<>,;:@"()]+)$/u,
      'write NAME <ADDRESS>, or an address alone',
    )
    .max(320)
    .default('CarNegotiate <no-reply@carnegotiate.invalid>'),
  MAIL_DIRECTORY: z.string().min(1).default('data/mail'),
  MAIL_SECONDS: int(1, 3_600, 2),
  MAIL_ATTEMPTS: int(1, 50, 8),
  MESSAGE_MAIL_MINUTES: int(0, 24 * 60, 5),
  ALERT_MAIL_MINUTES: int(0, 24 * 60, 60),
  JWT_SECRETS: secrets.optional(),
  ACCESS_TOKEN_MINUTES: int(1, 24 * 60, 60),
  REFRESH_TOKEN_DAYS: int(1, 365, 7),
  REFRESH_GRACE_SECONDS: int(0, 60, 5),
  PASSWORD_RESET_MINUTES: int(1, 24 * 60, 60),
  EMAIL_VERIFICATION_HOURS: int(1, 24 * 30, 48),
  LOGIN_FAILURES: int(1, 10_000, 10),
  LOGIN_FAILURES_PER_IP: int(1, 1_000_000, 100),
  REGISTRATIONS_PER_IP: int(1, 1_000_000, 100),
  MAIL_REQUESTS: int(1, 10_000, 5),
  MAIL_REQUESTS_PER_IP: int(1, 1_000_000, 50),
  CORS_ALLOWED_ORIGINS: list.pipe(z.array(origin)).prefault('http://localhost:3000,http://127.0.0.1:3000'),
  TRUSTED_PROXIES: list
    .pipe(z.array(z.string().refine(isNetwork, 'write addresses (10.0.0.1) and networks (10.0.0.0/8)')))
    .prefault(''),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  DEMO_DATA: flag.optional(),
  PAGE_SIZE: int(1, 100, 20),
  MAX_PAGE_SIZE: int(1, 1_000, 100),
  OFFER_LIFETIME_HOURS: int(1, 24 * 90, 48),
  OFFERS_PER_VEHICLE: int(1, 100, 5),
  HOLD_DAYS: int(1, 90, 7),
  EXPIRY_WARNING_HOURS: int(1, 24 * 90, 6),
  INVITATION_LIFETIME_HOURS: int(1, 24 * 90, 96),
  MINIMUM_INVITATION_DISCOUNT_PERCENT: int(1, 99, 5),
  MESSAGES_PER_MINUTE: int(1, 10_000, 30),
  MINIMUM_OFFER_PERCENT: int(1, 100, 50),
  SWEEP_SECONDS: int(1, 3_600, 5),
  HEAD_POLL_MS: int(50, 60_000, 2_000),
  STREAM_QUEUE_LIMIT: int(8, 100_000, 256),
  MAX_BODY_BYTES: int(1_024, 10_000_000, 100 * 1024),
  MAX_SOCKET_MESSAGE_BYTES: int(1_024, 10_000_000, 64 * 1024),
  MAX_UNSENT_BYTES: int(1_024, 100_000_000, 1024 * 1024),
  MAX_HEADER_BYTES: int(1_024, 1_000_000, 16 * 1024),
  REQUEST_SECONDS: int(1, 300, 30),
  UPLOAD_SECONDS: int(1, 3_600, 600),
  MAX_QUERY_TOKENS: int(100, 100_000, 2_000),
  MAX_QUERY_DEPTH: int(1, 100, 10),
  MAX_QUERY_ALIASES: int(0, 10_000, 30),
  MAX_QUERY_DIRECTIVES: int(0, 10_000, 20),
  MAX_QUERY_FRAGMENTS: int(0, 10_000, 100),
  MAX_QUERY_COST: int(10, 10_000_000, 5_000),
  OPERATION_SECONDS: int(1, 600, 10),
  MAX_SUBSCRIPTIONS_PER_SOCKET: int(1, 10_000, 50),
  MAX_SOCKETS_PER_USER: int(1, 10_000, 10),
  MAX_SOCKETS_PER_IP: int(1, 1_000_000, 1_000),
  MAX_SOCKET_MESSAGES_PER_SECOND: int(1, 10_000, 50),
  MAX_UPLOAD_BYTES: int(1_024, 1_000_000_000, 10 * 1024 * 1024),
  MAX_UPLOAD_FILES: int(1, 100, 10),
  MAX_CSV_BYTES: int(1_024, 1_000_000_000, 20 * 1024 * 1024),
  MAX_CSV_ROWS: int(1, 10_000_000, 50_000),
  MAX_IMAGE_MEGAPIXELS: int(1, 500, 50),
  MAX_VEHICLE_IMAGES: int(1, 1_000, 40),
  MAX_DEALER_DOCUMENTS: int(1, 100, 20),
  SIGNED_LINK_SECONDS: int(1, 86_400, 300),
  SOCKET_INIT_SECONDS: int(1, 60, 3),
  SOCKET_PING_SECONDS: int(1, 600, 12),
});
