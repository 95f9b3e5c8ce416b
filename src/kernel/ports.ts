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

export type BusMessage = Readonly<Record<string, string | number | boolean | null>>;

export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/** Work that is due by the clock. Its truth is rows; the port only says when to look. */
export interface Job<Context> {
  readonly name: string;
  readonly everyMs: number;
  /** Does what is due, in bounded batches, and returns how many things it did. Safe to run twice at once. */
  run(context: Context): Promise<number>;
}

export interface Jobs {
  start(): void;
  /** Stops looking for work and waits for what is running. */
  stop(): Promise<void>;
}
