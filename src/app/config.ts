import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Policy } from '../kernel/context.js';
import type { Throttles } from '../kernel/room.js';
import type { PostgresqlTimeouts } from '../platform/database/settings.js';
import type { RedisSettings } from '../platform/redis/connect.js';
import { type SigningKey, settingsSchema } from './settings.js';

/** What PostgreSQL, and who waits for it, puts up with. */
export interface MetricsConfig {
  /** A port of its own for `/metrics`, open to whoever reaches it; 0 takes a free one. */
  readonly port: number | null;
  readonly host: string;
  /** Whoever shows it may read `/metrics` on the ordinary port. */
  readonly token: string | null;
}

export interface TracingConfig {
  /** Where spans are sent to, by OTLP over HTTP. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Share of the requests that are traced, 0 to 1, unless their caller has decided. */
  readonly ratio: number;
}

export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  /** Processes behind the one port. */
  readonly workers: number;
  /** How long a stop may take, and how long before it the process says that it is about to go (`/readyz`). */
  readonly stopMs: number;
  readonly drainMs: number;
  readonly metrics: MetricsConfig;
  /** None: nothing is traced. */
  readonly tracing: TracingConfig | null;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  /** Copies of the database (streaming replication) for reads that may lag. */
  readonly databaseReplicaUrls: readonly string[];
  /** A replica that is further behind is not asked. */
  readonly databaseReplicaLagMs: number;
  readonly databaseTimeouts: PostgresqlTimeouts;
  /** None: this process is the only one. */
  readonly redis: RedisSettings | null;
  readonly publicUrl: string;
  /** Where the marketplace's own pages are: mails link there. */
  readonly webUrl: string;
  readonly storageUrl: string;
  /** Where public files are reached, where that is not `/media` of this server: a CDN. Without a slash at the end. */
  readonly mediaUrl: string | null;
  /** Where uploads lie while their operation runs. */
  readonly temporaryDirectory: string;
  /** Where the database of VINs is unpacked at its first use. */
  readonly vinDatabaseDirectory: string;
  /** None: mails are written as files into `mailDirectory`. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly mailDirectory: string;
  readonly mailIntervalMs: number;
  readonly mailAttempts: number;
  /** How long the first of several messages, or alerts, waits for others before a mail tells of them all. */
  readonly messageMailMs: number;
  readonly alertMailMs: number;
  /** The first signs, all verify. */
  readonly jwtSecrets: readonly SigningKey[];
  readonly accessTokenTtlMs: number;
  readonly refreshTokenTtlMs: number;
  readonly refreshGraceMs: number;
  readonly passwordResetTtlMs: number;
  readonly emailVerificationTtlMs: number;
  readonly throttles: Throttles;
  readonly corsAllowedOrigins: readonly string[];
  /** Addresses and networks (CIDR) whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
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
  readonly maxHeaderBytes: number;
  /** How long a request may take to arrive, and one with files. */
  readonly requestTimeoutMs: number;
  readonly uploadTimeoutMs: number;
  readonly maxQueryTokens: number;
  readonly maxQueryDepth: number;
  readonly maxQueryAliases: number;
  readonly maxQueryDirectives: number;
  readonly maxQueryFragments: number;
  readonly maxQueryCost: number;
  readonly operationTimeoutMs: number;
  readonly maxSubscriptionsPerSocket: number;
  readonly maxSocketsPerUser: number;
  /** From one address, of IPv6 from one /64, guests' included. */
  readonly maxSocketsPerIp: number;
  readonly maxSocketMessagesPerSecond: number;
  readonly maxUploadBytes: number;
  readonly maxUploadFiles: number;
  /** A file of vehicles may weigh more than any other. */
  readonly maxCsvBytes: number;
  readonly maxCsvRows: number;
  readonly maxImagePixels: number;
  readonly signedLinkTtlMs: number;
  readonly socketInitTimeoutMs: number;
  readonly socketPingMs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The names of all settings, for `.env.example` to list. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.shape);

/**
 * Reads the settings whole and says every fault at once. The only reader of the environment.
 * @throws Error with one line for each setting that is wrong or missing.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settingsSchema.safeParse(given);
  const faults = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  if (given.NODE_ENV === 'production' && !given.JWT_SECRETS) {
    faults.push('JWT_SECRETS: set it in production, as kid:secret with a secret of 32 characters or more');
  }
  if (given.SMTP_URL && !given.MAIL_FROM) {
    faults.push(
      'MAIL_FROM: set it with SMTP_URL: mail servers refuse what comes from an address that is none',
    );
  }
  if (parsed.data && parsed.data.PAGE_SIZE > parsed.data.MAX_PAGE_SIZE) {
    faults.push('PAGE_SIZE: a page that asks for no number has MAX_PAGE_SIZE rows at most');
  }
  if (given.NODE_ENV === 'production' && given.SMTP_URL && !given.PUBLIC_URL) {
    faults.push('PUBLIC_URL: set it in production with SMTP_URL: links in mails begin with it');
  }
  if (parsed.data) faults.push(...faultsOfSeveral(parsed.data));
  if (!parsed.success || faults.length > 0) throw new Error(faultText(faults));
  const s = parsed.data;
  const production = s.NODE_ENV === 'production';
  const publicUrl = withoutSlash(s.PUBLIC_URL ?? `http://${s.HOST}:${s.PORT}`);
  return {
    environment: s.NODE_ENV,
    host: s.HOST,
    port: s.PORT,
    workers: s.WEB_CONCURRENCY,
    stopMs: s.STOP_SECONDS * 1_000,
    drainMs: s.DRAIN_SECONDS * 1_000,
    metrics: {
      port: s.METRICS_PORT ?? null,
      host: s.METRICS_HOST ?? s.HOST,
      token: s.METRICS_TOKEN ?? null,
    },
    tracing:
      s.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : {
            endpoint: withoutSlash(s.OTEL_EXPORTER_OTLP_ENDPOINT),
            serviceName: s.OTEL_SERVICE_NAME,
            ratio: s.OTEL_TRACES_SAMPLER_ARG,
          },
    databaseUrl: s.DATABASE_URL,
    databasePoolSize: s.DATABASE_POOL_SIZE,
    databaseReplicaUrls: s.DATABASE_REPLICA_URLS,
    databaseReplicaLagMs: s.DATABASE_REPLICA_LAG_SECONDS * 1_000,
    databaseTimeouts: {
      connectMs: s.DATABASE_CONNECT_SECONDS * 1_000,
      statementMs: s.DATABASE_STATEMENT_SECONDS * 1_000,
      lockMs: s.DATABASE_LOCK_SECONDS * 1_000,
      idleTransactionMs: s.DATABASE_IDLE_TRANSACTION_SECONDS * 1_000,
    },
    redis:
      s.REDIS_URL === undefined
        ? null
        : { url: s.REDIS_URL, cluster: s.REDIS_CLUSTER, prefix: s.REDIS_PREFIX },
    publicUrl,
    webUrl: withoutSlash(s.WEB_URL ?? publicUrl),
    storageUrl: s.STORAGE_URL,
    mediaUrl: s.MEDIA_URL === undefined ? null : withoutSlash(s.MEDIA_URL),
    temporaryDirectory: s.TEMPORARY_DIRECTORY,
    vinDatabaseDirectory: s.VIN_DATABASE_DIRECTORY,
    smtpUrl: s.SMTP_URL ?? null,
    mailFrom: s.MAIL_FROM,
    mailDirectory: s.MAIL_DIRECTORY,
    mailIntervalMs: s.MAIL_SECONDS * 1_000,
    mailAttempts: s.MAIL_ATTEMPTS,
    messageMailMs: s.MESSAGE_MAIL_MINUTES * 60_000,
    alertMailMs: s.ALERT_MAIL_MINUTES * 60_000,
    jwtSecrets: s.JWT_SECRETS ?? [developmentSecret()],
    accessTokenTtlMs: s.ACCESS_TOKEN_MINUTES * 60_000,
    refreshTokenTtlMs: s.REFRESH_TOKEN_DAYS * DAY,
    refreshGraceMs: s.REFRESH_GRACE_SECONDS * 1_000,
    passwordResetTtlMs: s.PASSWORD_RESET_MINUTES * 60_000,
    emailVerificationTtlMs: s.EMAIL_VERIFICATION_HOURS * HOUR,
    throttles: {
      loginFailures: s.LOGIN_FAILURES,
      loginFailuresPerIp: s.LOGIN_FAILURES_PER_IP,
      registrationsPerIp: s.REGISTRATIONS_PER_IP,
      mailRequests: s.MAIL_REQUESTS,
      mailRequestsPerIp: s.MAIL_REQUESTS_PER_IP,
    },
    corsAllowedOrigins: s.CORS_ALLOWED_ORIGINS,
    trustedProxies: s.TRUSTED_PROXIES,
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
      warningMs: s.EXPIRY_WARNING_HOURS * HOUR,
      invitationLifetimeMs: s.INVITATION_LIFETIME_HOURS * HOUR,
      minimumInvitationDiscountPercent: s.MINIMUM_INVITATION_DISCOUNT_PERCENT,
      messagesPerMinute: s.MESSAGES_PER_MINUTE,
      minimumOfferPercent: s.MINIMUM_OFFER_PERCENT,
      maxVehicleImages: s.MAX_VEHICLE_IMAGES,
      maxDealerDocuments: s.MAX_DEALER_DOCUMENTS,
      maxDocumentBytes: s.MAX_UPLOAD_BYTES,
    },
    sweepIntervalMs: s.SWEEP_SECONDS * 1_000,
    headPollMs: s.HEAD_POLL_MS,
    streamQueueLimit: s.STREAM_QUEUE_LIMIT,
    maxBodyBytes: s.MAX_BODY_BYTES,
    maxSocketMessageBytes: s.MAX_SOCKET_MESSAGE_BYTES,
    maxUnsentBytes: s.MAX_UNSENT_BYTES,
    maxHeaderBytes: s.MAX_HEADER_BYTES,
    requestTimeoutMs: s.REQUEST_SECONDS * 1_000,
    uploadTimeoutMs: s.UPLOAD_SECONDS * 1_000,
    maxQueryTokens: s.MAX_QUERY_TOKENS,
    maxQueryDepth: s.MAX_QUERY_DEPTH,
    maxQueryAliases: s.MAX_QUERY_ALIASES,
    maxQueryDirectives: s.MAX_QUERY_DIRECTIVES,
    maxQueryFragments: s.MAX_QUERY_FRAGMENTS,
    maxQueryCost: s.MAX_QUERY_COST,
    operationTimeoutMs: s.OPERATION_SECONDS * 1_000,
    maxSubscriptionsPerSocket: s.MAX_SUBSCRIPTIONS_PER_SOCKET,
    maxSocketsPerUser: s.MAX_SOCKETS_PER_USER,
    maxSocketsPerIp: s.MAX_SOCKETS_PER_IP,
    maxSocketMessagesPerSecond: s.MAX_SOCKET_MESSAGES_PER_SECOND,
    maxUploadBytes: s.MAX_UPLOAD_BYTES,
    maxUploadFiles: s.MAX_UPLOAD_FILES,
    maxCsvBytes: s.MAX_CSV_BYTES,
    maxCsvRows: s.MAX_CSV_ROWS,
    maxImagePixels: s.MAX_IMAGE_MEGAPIXELS * 1_000_000,
    signedLinkTtlMs: s.SIGNED_LINK_SECONDS * 1_000,
    socketInitTimeoutMs: s.SOCKET_INIT_SECONDS * 1_000,
    socketPingMs: s.SOCKET_PING_SECONDS * 1_000,
  };
}

type Settings = z.infer<typeof settingsSchema>;

/** What several processes, or copies of a database, need: said before anything starts. */
function faultsOfSeveral(s: Settings): string[] {
  const faults: string[] = [];
  const isSqlite = s.DATABASE_URL.startsWith('sqlite:');
  if (s.WEB_CONCURRENCY > 1 && s.REDIS_URL === undefined) {
    faults.push(
      'REDIS_URL: set it with WEB_CONCURRENCY over 1: processes tell each other over Redis what happens',
    );
  }
  if (s.WEB_CONCURRENCY > 1 && isSqlite) {
    faults.push('DATABASE_URL: set a postgresql://… with WEB_CONCURRENCY over 1: SQLite is for one process');
  }
  if (s.WEB_CONCURRENCY > 1 && s.METRICS_TOKEN !== undefined) {
    faults.push(
      'METRICS_TOKEN: set METRICS_PORT with WEB_CONCURRENCY over 1: on the shared port one process would tell its own metrics',
    );
  }
  if (s.NODE_ENV === 'production' && s.REDIS_URL !== undefined && isSqlite) {
    faults.push(
      'DATABASE_URL: set a postgresql://… with REDIS_URL: nodes that share a Redis share a database',
    );
  }
  if (s.DATABASE_REPLICA_URLS.length > 0 && isSqlite) {
    faults.push(
      'DATABASE_REPLICA_URLS: SQLite has no replicas; leave it out, or set a postgresql://… as DATABASE_URL',
    );
  }
  if (s.REDIS_CLUSTER && s.REDIS_URL === undefined) {
    faults.push('REDIS_URL: set it with REDIS_CLUSTER');
  }
  return faults;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
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
