import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { ApiError } from './app.js';
import { pause } from './live.js';

/** How long a client waits before it comes back, at most: 10,000 of them do not all come in one moment. */
const BACK_WITHIN_MS = 300;

/** A stream that a client follows: the operation has a variable `after`. */
export interface Followed<Result> {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  sequenceOf(result: Result): number;
}

/**
 * A client as the marketplace's own pages have one: it follows a stream over whatever node it is given, comes back when
 * its line breaks for whatever reason, and resumes with the last sequence that it has seen.
 */
export class ResumingFollower<Result = unknown> {
  /** In the order of arrival. */
  readonly seen: number[] = [];
  /** When each of them came. */
  readonly arrivedAt: number[] = [];
  /** For how long it had no line, each time that one was closed. */
  readonly gapsMs: number[] = [];
  /** Why its lines were closed, one by one: 1006 where nobody said so. */
  readonly closes: number[] = [];
  /** What the operation was refused with; a client that meets that has nothing to come back for. */
  refusal: unknown = null;
  /** How often it was told to ask again, because the server could not tell at the moment. */
  postponed = 0;
  private readonly client: Client;
  private isOver = false;
  private isOpen = false;
  private closedAt: number | null = null;
  /** It is sent again with each new line, and then says how far it has come. */
  private readonly variables: Record<string, unknown>;

  constructor(
    url: string,
    token: string,
    private readonly followed: Followed<Result>,
  ) {
    this.variables = { after: 0, ...followed.variables };
    this.client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: () => pause(20 + Math.random() * BACK_WITHIN_MS),
      shouldRetry: () => !this.isOver,
      connectionParams: { authorization: `Bearer ${token}` },
      on: {
        connected: () => {
          this.isOpen = true;
          if (this.closedAt !== null) this.gapsMs.push(Date.now() - this.closedAt);
          this.closedAt = null;
        },
        closed: (event) => {
          this.isOpen = false;
          this.closedAt ??= Date.now();
          this.closes.push((event as { code?: number }).code ?? 1006);
        },
      },
    });
    this.follow();
  }

  get isConnected(): boolean {
    return this.isOpen;
  }

  /** Whether it has exactly 1..n, each once and in order. */
  hasAll(n: number): boolean {
    return this.seen.length === n && this.seen.every((sequence, index) => sequence === index + 1);
  }

  private follow(): void {
    this.client.subscribe<Result>(
      { query: this.followed.query, variables: this.variables },
      {
        next: ({ data, errors }) => {
          if (errors || !data) this.refusal = errors;
          else {
            const sequence = this.followed.sequenceOf(data);
            this.variables.after = sequence;
            this.seen.push(sequence);
            this.arrivedAt.push(Date.now());
          }
        },
        error: (error) => this.refuse(error),
        complete: () => undefined,
      },
    );
  }

  private refuse(error: unknown): void {
    if (this.isOver) return;
    if (!isForNow(error)) {
      this.refusal = error;
      return;
    }
    this.postponed++;
    setTimeout(() => this.isOver || this.follow(), Math.random() * BACK_WITHIN_MS);
  }

  async close(): Promise<void> {
    this.isOver = true;
    // Where it is on its way back in vain, it says so.
    await Promise.resolve(this.client.dispose()).catch(() => undefined);
  }
}

/** Whether the server says that it cannot at the moment: 503, as over HTTP. */
function isForNow(errors: unknown): boolean {
  if (!Array.isArray(errors)) return false;
  return errors.every((error) => (error as ApiError).extensions?.statusCode === 503);
}

export const negotiationEvents = (
  negotiationId: string,
): Followed<{ negotiationEvents: { sequence: number } }> => ({
  query: `subscription ($negotiationId: ID!, $after: Int) {
    negotiationEvents(negotiationId: $negotiationId, after: $after) { sequence }
  }`,
  variables: { negotiationId },
  sequenceOf: ({ negotiationEvents: { sequence } }) => sequence,
});

export const inbox: Followed<{ notificationReceived: { sequence: number } }> = {
  query: 'subscription ($after: Int) { notificationReceived(after: $after) { sequence } }',
  variables: {},
  sequenceOf: ({ notificationReceived: { sequence } }) => sequence,
};
