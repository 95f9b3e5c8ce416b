import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Constraint } from './constraints.js';
import type { Ctx, Services } from './context.js';
import type { Listener } from './events.js';
import type { Job } from './ports.js';

/** The settings that rooms read when they are composed. Durations are milliseconds. */
export interface RoomSettings {
  /** The first signs, all verify. */
  readonly jwtSecrets: ReadonlyArray<{ readonly kid: string; readonly secret: string }>;
  readonly accessTokenTtlMs: number;
  readonly refreshTokenTtlMs: number;
  readonly publicUrl: string;
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
  readonly jobs?: (settings: RoomSettings) => readonly Job<Ctx>[];
  /** Puts the room's parts into `services.parts`. */
  readonly compose?: (services: Services, settings: RoomSettings) => void;
  /** Starts what runs beside the requests; the returned function ends it. `makeCtx` gives a guest's context with a fork of its own. */
  readonly background?: (services: Services, makeCtx: () => Ctx) => () => void | Promise<void>;
  /** Adds the room's REST routes, below /api/v1. Errors that handlers throw are told in the shim's shape. */
  readonly routes?: (api: FastifyInstance, contextOf: (request: FastifyRequest) => Promise<Ctx>) => void;
}
