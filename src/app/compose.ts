import { type Ctx, Parts, type Services } from '../kernel/context.js';
import { CursorKeys } from '../kernel/cursor.js';
import { Listeners } from '../kernel/events.js';
import { mailTemplatesPart } from '../kernel/mail.js';
import type { Bus, BusFigures, Clock, Job, Logger, Mailer, RateLimits, VinDecoder } from '../kernel/ports.js';
import { derivedSecret } from '../kernel/secrets.js';
import { StreamHub, streamHubPart } from '../kernel/stream-hub.js';
import { constraintsPart, listenersPart, retriedPart } from '../kernel/unit-of-work.js';
import { mailerPart } from '../modules/mail/module.js';
import { systemClock } from '../platform/clock/system-clock.js';
import type { Replicas } from '../platform/database/replicas.js';
import { SharpImages } from '../platform/images/sharp-images.js';
import { pinoLogger } from '../platform/logger/pino-logger.js';
import { TracedLog } from '../platform/tracing/traced-log.js';
import { WorkerVinDecoder } from '../platform/vin/worker-vin-decoder.js';
import { DiskWorkspaces } from '../platform/workspaces/disk-workspaces.js';
import { makeBus } from './adapters/bus.js';
import { makeJobs } from './adapters/jobs.js';
import { makeMailer } from './adapters/mailer.js';
import { makeRateLimits } from './adapters/rate-limits.js';
import { type FileStorage, makeStorage, storageChecks, sweepJobs } from './adapters/storage.js';
import type { Config } from './config.js';
import { guest, makeContext } from './context.js';
import { type Eyes, openEyes } from './eyes/eyes.js';
import { watchFigures } from './eyes/figures.js';
import { streamFigures, tracedJobs, watchedLimits, watchedMailer, watchedRuns } from './eyes/ports.js';
import { statementTiming } from './eyes/statements.js';
import { databaseProbe, Health, healthChecks } from './health.js';
import { JobRuns } from './jobs/job-runs.js';
import { createOrm, type Orm, type OrmOptions, replicasOf } from './orm.js';
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
  readonly eyes: Eyes;
  readonly orm: Orm;
  /** For reads that may lag; without any of them there is the primary. */
  readonly replicas: Replicas;
  readonly storage: FileStorage;
  /** Whether this process is fit to serve. */
  readonly health: Health;
  /** What runs in the background once started; a seeder may run some of it at once. */
  readonly jobs: readonly Job<Ctx>[];
  /** Told of each run of a job, whoever runs it. */
  readonly jobRuns: JobRuns;
  /** A guest's context, for what runs beside the requests. */
  readonly makeCtx: () => Ctx;
  /** Starts jobs, live delivery and what the rooms do in the background. */
  start(): void;
  /** Looks for no more work of its own; resolves when what runs has ended. Requests are served as before. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** Puts the system together from its settings; nothing runs until `start`. */
export async function compose(config: Config, adapters: Adapters = {}): Promise<Composed> {
  const plainLog = adapters.log ?? pinoLogger(config.logLevel);
  const eyes = openEyes(config, plainLog);
  const log = eyes.tracing ? new TracedLog(plainLog, eyes.tracing) : plainLog;
  const clock = adapters.clock ?? systemClock;
  const bus: Bus & Partial<BusFigures> = adapters.bus ?? makeBus(config, log);
  const orm = await createOrm(config.databaseUrl, {
    observe: adapters.observe,
    timing: statementTiming(eyes),
    poolSize: config.databasePoolSize,
    timeouts: config.databaseTimeouts,
    replicaUrls: config.databaseReplicaUrls,
    log,
  });
  const replicas = replicasOf(orm, config.databaseReplicaLagMs, log);
  const storage = await makeStorage(config, clock, log);
  const workspaces = new DiskWorkspaces(config.temporaryDirectory);
  const mailer = watchedMailer(eyes, adapters.mailer ?? makeMailer(config, log));
  const rateLimits = adapters.rateLimits ?? makeRateLimits(config, log);
  const services: Services = {
    clock,
    bus,
    log,
    policy: config.policy,
    cursors: new CursorKeys(config.jwtSecrets.map((key) => derivedSecret(key.secret, 'cursors'))),
    rateLimits: watchedLimits(eyes, rateLimits),
    storage,
    images: new SharpImages({ maxPixels: config.maxImagePixels }),
    workspaces,
    vinDecoder: adapters.vinDecoder ?? new WorkerVinDecoder({ directory: config.vinDatabaseDirectory, log }),
    parts: new Parts(),
  };
  const makeCtx = () => makeContext(services, orm, guest());
  const figures = streamFigures(eyes, clock);
  const hub = new StreamHub({
    figures,
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
  services.parts.set(retriedPart, () => eyes.metrics?.transactionRetried());
  for (const room of rooms) room.compose?.(services, config);
  const jobs = tracedJobs(eyes, [
    ...rooms.flatMap((room) => room.jobs?.(config) ?? []),
    ...sweepJobs(storage, workspaces, config.uploadTimeoutMs + longestOperationMs(config)),
  ]);
  const jobRuns = new JobRuns(clock, log, makeCtx);
  const runner = await makeJobs(config, jobs, {
    makeContext: makeCtx,
    log,
    watcher: watchedRuns(eyes, jobRuns),
  });
  watchFigures(eyes, { hub, figures, bus, rateLimits, jobs: runner, orm, replicas, makeCtx, log });

  const storageCheck = storageChecks(storage);
  const health = new Health(databaseProbe(orm), [...healthChecks(config, bus), ...storageCheck]);

  let stops: Array<() => void | Promise<void>> = [];
  let resting: Promise<void> | undefined;
  const rest = () => {
    // A mail server that keeps silent would otherwise hold up the job that waits for it.
    resting ??= Promise.all([runner.stop(), mailer.close()]).then(() => undefined);
    return resting;
  };
  return {
    config,
    services,
    eyes,
    orm,
    replicas,
    storage,
    health,
    jobs,
    jobRuns,
    makeCtx,
    start() {
      hub.start();
      replicas.start();
      // Whoever starts this wants to hear of it now, and not with the first file.
      for (const check of storageCheck) void check.isUp();
      if (adapters.backgroundJobs !== false) runner.start();
      stops = rooms.flatMap((room) => (room.background ? [room.background(services, makeCtx)] : []));
    },
    rest,
    async close() {
      await hub.stop();
      await Promise.all([rest(), services.vinDecoder.close()]);
      for (const stop of stops) await stop();
      await jobRuns.close();
      await Promise.all([bus.close(), services.rateLimits.close()]);
      replicas.stop();
      if (storage.kind === 'bucket') storage.close();
      await orm.close(true);
      await eyes.close();
    },
  };
}
