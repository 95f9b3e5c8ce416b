import { hkdfSync } from 'node:crypto';
import { type Ctx, Parts, type Services } from '../kernel/context.js';
import { CursorKeys } from '../kernel/cursor.js';
import { Listeners } from '../kernel/events.js';
import type { Bus, Clock, Logger } from '../kernel/ports.js';
import { StreamHub, streamHubPart } from '../kernel/stream-hub.js';
import { constraintsPart, listenersPart } from '../kernel/unit-of-work.js';
import { MemoryBus } from '../platform/bus/memory-bus.js';
import { systemClock } from '../platform/clock/system-clock.js';
import { InProcessJobs } from '../platform/jobs/in-process-jobs.js';
import { pinoLogger } from '../platform/logger/pino-logger.js';
import type { Config } from './config.js';
import { guest, makeContext } from './context.js';
import { createOrm, type Orm, type OrmOptions } from './orm.js';
import { rooms } from './rooms.js';

/** The adapters that a caller may bring itself: tests bring a clock that they move and a bus that loses things. */
export interface Adapters {
  readonly clock?: Clock;
  readonly bus?: Bus;
  readonly log?: Logger;
  readonly observe?: OrmOptions['observe'];
}

export interface Composed {
  readonly config: Config;
  readonly services: Services;
  readonly orm: Orm;
  /** A guest's context, for what runs beside the requests. */
  readonly makeCtx: () => Ctx;
  /** Starts jobs, live delivery and what the rooms do in the background. */
  start(): void;
  close(): Promise<void>;
}

/** Puts the system together from its settings; nothing runs until `start`. */
export async function compose(config: Config, adapters: Adapters = {}): Promise<Composed> {
  const log = adapters.log ?? pinoLogger(config.logLevel);
  const bus = adapters.bus ?? new MemoryBus(log);
  const orm = await createOrm(config.databaseUrl, {
    observe: adapters.observe,
    poolSize: config.databasePoolSize,
  });
  const services: Services = {
    clock: adapters.clock ?? systemClock,
    bus,
    log,
    policy: config.policy,
    cursors: new CursorKeys(config.jwtSecrets.map((key) => derivedSecret(key.secret, 'cursors'))),
    parts: new Parts(),
  };
  const makeCtx = () => makeContext(services, orm, guest());
  const hub = new StreamHub({
    queueLimit: config.streamQueueLimit,
    pollMs: config.headPollMs,
    log,
    bus,
    makeCtx,
  });
  services.parts.set(streamHubPart, hub);
  services.parts.set(listenersPart, new Listeners(rooms.flatMap((room) => room.listeners ?? [])));
  services.parts.set(
    constraintsPart,
    rooms.flatMap((room) => room.constraints ?? []),
  );
  for (const room of rooms) room.compose?.(services, config);
  const jobs = new InProcessJobs(
    rooms.flatMap((room) => room.jobs?.(config) ?? []),
    makeCtx,
    log,
  );

  let stops: Array<() => void | Promise<void>> = [];
  return {
    config,
    services,
    orm,
    makeCtx,
    start() {
      hub.start();
      jobs.start();
      stops = rooms.flatMap((room) => (room.background ? [room.background(services, makeCtx)] : []));
    },
    async close() {
      await hub.stop();
      await jobs.stop();
      for (const stop of stops) await stop();
      await bus.close();
      await orm.close(true);
    },
  };
}

/** One secret, many uses, none of which can stand for another (RFC 5869). */
function derivedSecret(secret: string, use: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', use, 32));
}
