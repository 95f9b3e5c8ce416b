import { type Ctx, Parts, type Services } from '../kernel/context.js';
import { CursorKeys } from '../kernel/cursor.js';
import { Listeners } from '../kernel/events.js';
import { mailTemplatesPart } from '../kernel/mail.js';
import type { Bus, Clock, Job, Logger, Mailer, RateLimits, VinDecoder } from '../kernel/ports.js';
import { derivedSecret } from '../kernel/secrets.js';
import { StreamHub, streamHubPart } from '../kernel/stream-hub.js';
import { constraintsPart, listenersPart } from '../kernel/unit-of-work.js';
import { mailerPart } from '../modules/mail/module.js';
import { systemClock } from '../platform/clock/system-clock.js';
import { SharpImages } from '../platform/images/sharp-images.js';
import { pinoLogger } from '../platform/logger/pino-logger.js';
import type { DiskStorage } from '../platform/storage/disk-storage.js';
import { WorkerVinDecoder } from '../platform/vin/worker-vin-decoder.js';
import { DiskWorkspaces } from '../platform/workspaces/disk-workspaces.js';
import { makeBus } from './adapters/bus.js';
import { makeJobs } from './adapters/jobs.js';
import { makeMailer } from './adapters/mailer.js';
import { makeRateLimits } from './adapters/rate-limits.js';
import { makeStorage } from './adapters/storage.js';
import type { Config } from './config.js';
import { guest, makeContext } from './context.js';
import { sweepUnfinished } from './housekeeping.js';
import { JobRuns } from './jobs/job-runs.js';
import { createOrm, type Orm, type OrmOptions } from './orm.js';
import { rooms } from './rooms.js';
import { longestOperationMs } from './uploads/bounds.js';

/** The adapters that a caller may bring itself: tests bring a clock that they move and a bus that loses things. */
export interface Adapters {
  readonly clock?: Clock;
  readonly bus?: Bus;
  readonly log?: Logger;
  readonly mailer?: Mailer;
  readonly rateLimits?: RateLimits;
  readonly vinDecoder?: VinDecoder;
  readonly observe?: OrmOptions['observe'];
  /** False: jobs run when they are asked to, and never by themselves. */
  readonly backgroundJobs?: boolean;
}

export interface Composed {
  readonly config: Config;
  readonly services: Services;
  readonly orm: Orm;
  readonly storage: DiskStorage;
  /** What runs in the background once started; a seeder may run some of it at once. */
  readonly jobs: readonly Job<Ctx>[];
  /** Told of each run of a job, whoever runs it. */
  readonly jobRuns: JobRuns;
  /** A guest's context, for what runs beside the requests. */
  readonly makeCtx: () => Ctx;
  /** Starts jobs, live delivery and what the rooms do in the background. */
  start(): void;
  close(): Promise<void>;
}

/** Puts the system together from its settings; nothing runs until `start`. */
export async function compose(config: Config, adapters: Adapters = {}): Promise<Composed> {
  const log = adapters.log ?? pinoLogger(config.logLevel);
  const clock = adapters.clock ?? systemClock;
  const bus = adapters.bus ?? makeBus(config, log);
  const orm = await createOrm(config.databaseUrl, {
    observe: adapters.observe,
    poolSize: config.databasePoolSize,
    log,
  });
  const storage = makeStorage(config, clock);
  const workspaces = new DiskWorkspaces(config.temporaryDirectory);
  const mailer = adapters.mailer ?? makeMailer(config, log);
  const services: Services = {
    clock,
    bus,
    log,
    policy: config.policy,
    cursors: new CursorKeys(config.jwtSecrets.map((key) => derivedSecret(key.secret, 'cursors'))),
    rateLimits: adapters.rateLimits ?? makeRateLimits(config, log),
    storage,
    images: new SharpImages({ maxPixels: config.maxImagePixels }),
    workspaces,
    vinDecoder: adapters.vinDecoder ?? new WorkerVinDecoder({ directory: config.vinDatabaseDirectory, log }),
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
  services.parts.set(
    mailTemplatesPart,
    rooms.flatMap((room) => room.mails ?? []),
  );
  services.parts.set(mailerPart, mailer);
  for (const room of rooms) room.compose?.(services, config);
  const jobs = [
    ...rooms.flatMap((room) => room.jobs?.(config) ?? []),
    sweepUnfinished([storage, workspaces], config.uploadTimeoutMs + longestOperationMs(config)),
  ];
  const jobRuns = new JobRuns(clock, log, makeCtx);
  const runner = makeJobs(config, jobs, { makeContext: makeCtx, log, watcher: jobRuns });

  let stops: Array<() => void | Promise<void>> = [];
  return {
    config,
    services,
    orm,
    storage,
    jobs,
    jobRuns,
    makeCtx,
    start() {
      hub.start();
      if (adapters.backgroundJobs !== false) runner.start();
      stops = rooms.flatMap((room) => (room.background ? [room.background(services, makeCtx)] : []));
    },
    async close() {
      await hub.stop();
      // A mail server that keeps silent would otherwise hold up the job that waits for it.
      await Promise.all([runner.stop(), mailer.close(), services.vinDecoder.close()]);
      for (const stop of stops) await stop();
      await jobRuns.close();
      await Promise.all([bus.close(), services.rateLimits.close()]);
      await orm.close(true);
    },
  };
}
