import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Constraint } from './constraints.js';
import type { Ctx, Services } from './context.js';
import type { Listener } from './events.js';
import type { MailTemplate } from './mail.js';
import type { Job } from './ports.js';

/** How often who may try. The durations over which these are counted stand beside their use. */
export interface Throttles {
  /** Wrong passwords to one address from one IP, and of one signed-in account that is asked again, in 15 minutes. */
  readonly loginFailures: number;
  /** Failed sign-ins from one IP in a day. */
  readonly loginFailuresPerIp: number;
  /** New accounts from one IP in an hour. */
  readonly registrationsPerIp: number;
  /** Mails that one address, or one account, may be asked to be sent in an hour. */
  readonly mailRequests: number;
  /** Mails that one IP may ask to be sent in an hour. */
  readonly mailRequestsPerIp: number;
}

/** The settings that rooms read when they are composed. Durations are milliseconds. */
export interface RoomSettings {
  /** The first signs, all verify. */
  readonly jwtSecrets: ReadonlyArray<{ readonly kid: string; readonly secret: string }>;
  readonly accessTokenTtlMs: number;
  readonly refreshTokenTtlMs: number;
  readonly refreshGraceMs: number;
  readonly passwordResetTtlMs: number;
  readonly emailVerificationTtlMs: number;
  readonly throttles: Throttles;
  readonly publicUrl: string;
  /** Where the marketplace's own pages are, without a slash at the end: mails link there. */
  readonly webUrl: string;
  readonly mailIntervalMs: number;
  readonly mailAttempts: number;
  /** How long the first of several messages, or alerts, waits for others before a mail tells of them all. */
  readonly messageMailMs: number;
  readonly alertMailMs: number;
  /** What a file of vehicles may weigh, and how many rows it may have. */
  readonly maxCsvBytes: number;
  readonly maxCsvRows: number;
  readonly sweepIntervalMs: number;
}

/** What a room declares of itself to the composition root, in its `module.ts`. */
export interface Room {
  readonly name: string;
  readonly entities?: ReadonlyArray<abstract new () => object>;
  // biome-ignore lint/complexity/noBannedTypes: type-graphql names a resolver class by this type
  readonly resolvers?: readonly Function[];
  readonly listeners?: readonly Listener[];
  readonly constraints?: readonly Constraint[];
  /** The mails that the room sends, by kind. */
  readonly mails?: readonly MailTemplate[];
  /** Mutations that may stand once in an operation, aliases included: each guesses at a password, or costs a hash. */
  readonly oncePerOperation?: readonly string[];
  /** Mutations whose files may weigh something else than any other's: bytes by the mutation's name. */
  readonly fileBytes?: (settings: RoomSettings) => Readonly<Record<string, number>>;
  readonly jobs?: (settings: RoomSettings) => readonly Job<Ctx>[];
  /** Puts the room's parts into `services.parts`. */
  readonly compose?: (services: Services, settings: RoomSettings) => void;
  /** Starts what runs beside the requests; the returned function ends it. `makeCtx` gives a guest's context with a fork of its own. */
  readonly background?: (services: Services, makeCtx: () => Ctx) => () => void | Promise<void>;
  /** Adds the room's REST routes, below /api/v1. Errors that handlers throw are told in the shim's shape. */
  readonly routes?: (api: FastifyInstance, contextOf: (request: FastifyRequest) => Promise<Ctx>) => void;
}
