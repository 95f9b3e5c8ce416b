import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Policy } from '../kernel/context.js';
import type { Throttles } from '../kernel/room.js';
import { type SigningKey, settingsSchema } from './settings.js';

export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly databasePoolSize: number;
  readonly publicUrl: string;
  /** Where the marketplace's own pages are: mails link there. */
  readonly webUrl: string;
  readonly storageUrl: string;
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
  if (!parsed.success || faults.length > 0) throw new Error(faultText(faults));
  const s = parsed.data;
  const production = s.NODE_ENV === 'production';
  const publicUrl = withoutSlash(s.PUBLIC_URL ?? `http://${s.HOST}:${s.PORT}`);
  return {
    environment: s.NODE_ENV,
    host: s.HOST,
    port: s.PORT,
    databaseUrl: s.DATABASE_URL,
    databasePoolSize: s.DATABASE_POOL_SIZE,
    publicUrl,
    webUrl: withoutSlash(s.WEB_URL ?? publicUrl),
    storageUrl: s.STORAGE_URL,
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
