import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { lines, type Party, print, type SeenEvent } from './print.js';

const FOLLOW = `subscription ($id: ID!, $after: Int) {
  negotiationEvents(negotiationId: $id, after: $after) {
    sequence kind party message
    offer { id amount }
    negotiation { agreedPrice }
  }
}`;
const INBOX = `subscription ($after: Int) {
  notificationReceived(after: $after) { sequence kind title vehicle { id } negotiation { id } }
}`;

interface Notice {
  sequence: number;
  kind: string;
  title: string;
  vehicle: { id: string } | null;
  negotiation: { id: string } | null;
}

const PATIENCE_MS = 15_000;

/** What one party sees: nothing gets here but what its own subscriptions bring over its own socket. */
export class Screen {
  /** The numbers of the events shown, in the order of their arrival. */
  readonly seen: number[] = [];
  /** The offer that stands, as this screen knows it. */
  standingOfferId = '';
  private readonly client: Client;
  private socket: WebSocket | null = null;
  private isAway = false;
  private backOnline: () => void = () => undefined;
  private missedBefore: number | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly party: Party,
    url: string,
    token: string,
  ) {
    this.client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: () => this.untilOnline(),
      on: { opened: (socket) => (this.socket = socket as WebSocket) },
    });
  }

  get name(): string {
    return this.party.toLowerCase();
  }

  /**
   * Follows a negotiation from its first event on. graphql-ws sends the variables anew after each reconnection: with
   * `after` kept up to date, the server goes on behind the last event that was shown.
   */
  follow(negotiationId: string): void {
    const variables = { id: negotiationId, after: 0 };
    this.client.subscribe<{ negotiationEvents: SeenEvent }>(
      { query: FOLLOW, variables },
      {
        next: ({ data }) => {
          if (!data) return;
          variables.after = data.negotiationEvents.sequence;
          this.show(data.negotiationEvents);
        },
        error: (error) => this.complain(error),
        complete: () => undefined,
      },
    );
  }

  /** The negotiation that a first offer on this vehicle opens, as the inbox tells of it after this entry. */
  async nextNegotiation(vehicleId: string, after: number): Promise<string> {
    const query = { query: INBOX, variables: { after } };
    for await (const { data } of this.client.iterate<{ notificationReceived: Notice }>(query)) {
      const { kind, title, vehicle, negotiation } = (data as { notificationReceived: Notice })
        .notificationReceived;
      if (kind !== 'OFFER_RECEIVED' || vehicle?.id !== vehicleId || !negotiation) continue;
      print(this.party, lines.notified(title));
      return negotiation.id;
    }
    throw new Error(`The inbox of the ${this.name} ended before it told of the offer.`);
  }

  /** The line is cut as a tunnel cuts it: no goodbye in either direction. */
  loseConnection(): void {
    this.isAway = true;
    this.missedBefore = this.seen.length;
    print(this.party, lines.lost(this.seen.at(-1) ?? 0));
    this.socket?.terminate();
  }

  regainConnection(): void {
    this.isAway = false;
    this.backOnline();
  }

  /** Waits until the screen has shown this event. */
  async until(sequence: number): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while ((this.seen.at(-1) ?? 0) < sequence) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.add(resolve);
        deadline.addEventListener('abort', () =>
          reject(new Error(`The ${this.name} waited ${PATIENCE_MS / 1_000} s for event ${sequence}.`)),
        );
      });
    }
    if (this.missedBefore === null) return;
    print(this.party, lines.resumed(this.seen.length - this.missedBefore));
    this.missedBefore = null;
  }

  async close(): Promise<void> {
    this.isAway = false;
    await this.client.dispose();
  }

  private show(event: SeenEvent): void {
    this.seen.push(event.sequence);
    if (event.kind === 'OFFER_SUBMITTED') this.standingOfferId = event.offer?.id ?? '';
    print(this.party, lines.event(event));
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  private untilOnline(): Promise<void> {
    return this.isAway ? new Promise((resolve) => (this.backOnline = resolve)) : Promise.resolve();
  }

  private complain(error: unknown): void {
    const faults = Array.isArray(error) ? error.map(({ message }) => message).join(' ') : String(error);
    print(this.party, lines.failed(faults));
  }
}
