import type { Readable } from 'node:stream';
import type { Folder } from './files.js';

/** What the system asks of the outside. Adapters live in `platform/`, one folder a port. */

export interface Clock {
  now(): Date;
}

/**
 * Carries announcements between nodes. Delivery is a hint and promises nothing: a message may be lost, doubled or
 * late, and whoever listens reads the truth from the database.
 */
export interface Bus {
  publish(topic: string, message: BusMessage): void;
  /** Calls `listener` for each message of the topic until the returned function is called. */
  subscribe(topic: string, listener: (message: BusMessage) => void): () => void;
  close(): Promise<void>;
}

/** How a bus that leaves the process is doing. Counts are since the start. */
export interface BusFigures {
  readonly isUp: boolean;
  readonly published: number;
  readonly received: number;
  /** Messages that never left, because what carries them was away or too slow. */
  readonly dropped: number;
  readonly channels: number;
}

export type BusMessage = Readonly<Record<string, string | number | boolean | null>>;

export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/**
 * What a run has done: so many things, and nothing else was due as far as it looked. With `more`, there was more due than
 * one run takes on: the next one need not wait.
 */
export type JobResult = number | { readonly count: number; readonly more: true };

/**
 * Work that is due by the clock. Its truth is rows; the port only says when to look (docs/adr/0015). Whoever runs it, a
 * timer of this process or a queue, on one node or on all of them, at once or twice: it does each thing once.
 */
export interface Job<Context> {
  /** Unique; logs and the table of runs know it by this name. */
  readonly name: string;
  /** How long after a run that went well the next one is. */
  readonly everyMs: number;
  /** Every process has to do it for itself: it is about what that has in its memory, on its disk, or has room for. */
  readonly everyNode?: true;
  /**
   * Does what is due, bounded in rows and in time. Safe to run twice at once, and again after it was broken off. What may
   * take longer than a stop should wait for asks `stopping` now and then.
   */
  run(context: Context, stopping?: AbortSignal): Promise<JobResult>;
}

export interface Jobs {
  start(): void;
  /** Stops looking for work and waits for what is running. */
  stop(): Promise<void>;
  /** Of the queue that nodes share; undefined where there is none. */
  readonly queue?: JobQueueFigures;
}

export interface JobQueueFigures {
  /** Timers: the queue does not answer, and this node does all jobs by itself until it does. */
  readonly mode: 'queue' | 'timers';
  /** Jobs of all nodes: due, being done, waiting for their time. Null while the queue does not answer. */
  counts(): Promise<{ readonly waiting: number; readonly active: number; readonly delayed: number } | null>;
}

/** Told what becomes of jobs, so that an operator can see it. Nothing it does can fail a job. */
export interface JobWatcher {
  /** The next run is in so many milliseconds. Whoever is to do it: where `isShared`, that outlives this process. */
  planned(job: Job<never>, inMs: number, isShared?: boolean): void;
  began(job: Job<never>): void;
  succeeded(job: Job<never>, run: { readonly ms: number; readonly count: number }): void;
  /** `failures`: runs in a row that failed, this one included. */
  failed(
    job: Job<never>,
    run: { readonly ms: number; readonly error: unknown; readonly failures: number },
  ): void;
}

/** A mail, ready to be sent. */
export interface Letter {
  /** The same for each attempt at one mail, so that a mail sent twice can be known as one: its Message-ID. */
  readonly id: string;
  /** One address, without a name. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where one POST says that no more of these are wanted (RFC 8058); without it, the letter is none of those. */
  readonly unsubscribeUrl?: string | undefined;
}

export interface Mailer {
  /** Hands a letter over. Rejects where it could not; then it may be tried again. */
  send(letter: Letter): Promise<void>;
  /** Takes no more letters. What is on its way has a moment to arrive; `send` rejects for what did not. */
  close(): Promise<void>;
}

/** How much of something is allowed in a while. */
export interface RateLimit {
  /** Names the rule: counts of different rules never mix. */
  readonly name: string;
  readonly points: number;
  readonly durationMs: number;
}

export interface RateLimits {
  /** Spends a point of `key`. Null where it had one; else the milliseconds until it may try again. */
  spend(limit: RateLimit, key: string): Promise<number | null>;
  /** Gives a point back: what was reserved was not needed. */
  giveBack(limit: RateLimit, key: string): Promise<void>;
  /** Forgets what a key has spent. */
  reset(limit: RateLimit, key: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Files by key: `avatars/0192….webp`. The first folder of a key says whether anybody may read it
 * (`isPublicKey` of files.ts). Keys are made by us; nothing of a client's ever gets into one.
 */
export interface Storage {
  /** Stores a stream. The key names nothing until all of it is there; what fails on the way leaves nothing. */
  put(key: string, content: Readable, contentType: string): Promise<{ sizeBytes: number }>;
  /** Null where there is no such file. Who gets a stream reads it or destroys it. */
  open(key: string): Promise<StoredFile | null>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** The files of a folder in any order, for the sweeping of orphans. */
  list(folder: Folder): AsyncIterable<{ key: string; storedAt: Date }>;
  /** The address of a public file, good for ever. */
  publicUrl(key: string): string;
  /** An address of a private file that is good from now on for as long as the settings say. */
  signedUrl(key: string): Promise<string>;
}

export interface StoredFile {
  readonly stream: Readable;
  readonly sizeBytes: number;
}

/** Folders of this machine for work that is under way. */
export interface Workspaces {
  /** Gives `work` an empty folder, and removes it with all that is in it, whatever comes of the work. */
  with<T>(work: (directory: string) => Promise<T>): Promise<T>;
}

/** What a picture is made into: files on this machine, for whoever asked to move them into the storage and remove them. */
export interface Rendition {
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
  /** `cover` cuts what stands over; `inside` keeps all of it and never enlarges. */
  readonly fit: 'cover' | 'inside';
}

export interface Images {
  /**
   * Reads the picture in a file and encodes it anew as WebP in each of these sizes, upright, in sRGB and without
   * metadata; of an animation, its first frame. The renditions lie in `directory`, in the order of the sizes: the
   * largest first, for each is made from the one before it.
   * @throws AppError UNSUPPORTED_MEDIA_TYPE for what is no whole JPEG, PNG, WebP or AVIF, or is something else as well;
   * PAYLOAD_TOO_LARGE for more pixels than are allowed, or more work than a picture is worth.
   */
  render(path: string, directory: string, sizes: readonly ImageSize[]): Promise<Rendition[]>;
  /** Decodes all of the picture in a file, keeps nothing of it, and says what it is. @throws as `render` does. */
  inspect(path: string): Promise<{ readonly format: 'jpeg' | 'png' | 'webp' | 'avif' }>;
}

/** A VIN to look up: normalised, its check digit right. */
export interface VinQuestion {
  readonly vin: string;
  /** The model years that it can mean, the likeliest first. */
  readonly modelYears: readonly number[];
}

/** What is on record of cars with such a VIN, in the words of whoever keeps the record; null where nothing is. */
export interface VinFacts {
  readonly modelYear: number;
  readonly make: string;
  readonly model: string;
  readonly trim: string | null;
  readonly bodyClass: string | null;
  readonly primaryFuel: string | null;
  readonly secondaryFuel: string | null;
  readonly electrification: string | null;
  readonly driveType: string | null;
}

export interface VinDecoder {
  /**
   * What is known, in the order of the questions; null for what is not. Rejects where nobody could look: too much was
   * asked, or it took too long. Then it may be asked again.
   */
  decode(questions: readonly VinQuestion[]): Promise<Array<VinFacts | null>>;
  /** Answers nothing more. */
  close(): Promise<void>;
}
