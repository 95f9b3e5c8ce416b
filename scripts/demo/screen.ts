import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Lane, lines, type Party, print, type SeenEvent } from './print.js';

const EVENTS = `subscription ($id: ID!, $after: Int) {
  negotiationEvents(negotiationId: $id, after: $after) {
    sequence kind party message
    offer { id amount resolvedBy }
    negotiation { agreedPrice buyer { displayName } }
  }
}`;
const TYPING = `subscription ($id: ID!) { typing(negotiationId: $id) { party typing } }`;
const RECEIPTS = `subscription ($id: ID!) { negotiationRead(negotiationId: $id) { party sequence } }`;
const VEHICLE = `subscription ($id: ID!) { vehicleUpdated(vehicleId: $id) { status askingPrice } }`;
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

/** A negotiation as a screen has it. */
interface Followed {
  /** The numbers of the events shown, in the order of their arrival. */
  readonly seen: number[];
  /** Whom its reader negotiates with. */
  other: string;
  standingOfferId: string;
  /** How far that side has read. */
  readByOther: number;
}

const PATIENCE_MS = 15_000;

/** What one person sees: nothing gets here but what its own subscriptions bring over its own socket. */
export class Screen {
  readonly negotiations = new Map<string, Followed>();
  private readonly shown: string[] = [];
  private readonly client: Client;
  private socket: WebSocket | null = null;
  private isAway = false;
  private backOnline: () => void = () => undefined;
  private countBefore: number | null = null;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly lane: Lane,
    private readonly party: Party,
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

  /** Opens the inbox behind its last entry. Who is made an offer for this vehicle follows that negotiation from then on. */
  watch(vehicleId: string, after: number): void {
    const variables = { after };
    this.subscribe<{ notificationReceived: Notice }>(INBOX, variables, ({ notificationReceived: notice }) => {
      variables.after = notice.sequence;
      if (notice.vehicle?.id !== vehicleId) return;
      this.show(lines.notified(notice.title));
      if (notice.kind === 'OFFER_RECEIVED' && notice.negotiation) this.follow(notice.negotiation.id);
    });
    type Updated = { vehicleUpdated: { status: string; askingPrice: string } };
    this.subscribe<Updated>(VEHICLE, { id: vehicleId }, ({ vehicleUpdated: { status, askingPrice } }) =>
      this.show(lines.vehicle(status, askingPrice)),
    );
  }

  /**
   * Follows a negotiation from its first event on, and what the other side does meanwhile. graphql-ws sends the variables
   * anew after each reconnection: with `after` kept up to date, the server goes on behind the last event that was shown.
   */
  follow(negotiationId: string): void {
    if (this.negotiations.has(negotiationId)) return;
    const followed: Followed = { seen: [], other: 'Dealer', standingOfferId: '', readByOther: 0 };
    this.negotiations.set(negotiationId, followed);
    const variables = { id: negotiationId, after: 0 };
    this.subscribe<{ negotiationEvents: SeenEvent }>(EVENTS, variables, ({ negotiationEvents: event }) => {
      variables.after = event.sequence;
      followed.seen.push(event.sequence);
      if (this.party === 'DEALER') followed.other = event.negotiation.buyer.displayName;
      if (event.kind === 'OFFER_SUBMITTED') followed.standingOfferId = event.offer?.id ?? '';
      this.show(lines.event(event, followed.other));
    });
    type Typing = { typing: { typing: boolean } };
    this.subscribe<Typing>(TYPING, { id: negotiationId }, ({ typing: { typing } }) => {
      if (typing) this.show(lines.typing(followed.other));
    });
    type Receipt = { negotiationRead: { party: Party; sequence: number } };
    this.subscribe<Receipt>(RECEIPTS, { id: negotiationId }, ({ negotiationRead: { party, sequence } }) => {
      if (party === this.party || sequence <= followed.readByOther) return;
      followed.readByOther = sequence;
      this.show(lines.read(followed.other, sequence));
    });
  }

  standingOfferOf(negotiationId: string): string {
    return this.negotiations.get(negotiationId)?.standingOfferId ?? '';
  }

  /** The line is cut as a tunnel cuts it: no goodbye in either direction. */
  loseConnection(negotiationId: string): void {
    this.isAway = true;
    this.countBefore = this.count();
    this.show(lines.lost(this.negotiations.get(negotiationId)?.seen.at(-1) ?? 0));
    this.socket?.terminate();
  }

  regainConnection(): void {
    this.isAway = false;
    this.backOnline();
  }

  /** Waits until the screen has shown this event. */
  async until(negotiationId: string, sequence: number): Promise<void> {
    const last = () => this.negotiations.get(negotiationId)?.seen.at(-1) ?? 0;
    await this.wait(() => last() >= sequence, `event ${sequence}`);
    if (this.countBefore === null) return;
    this.show(lines.resumed(this.count() - this.countBefore));
    this.countBefore = null;
  }

  /** Waits until the screen has shown a line with this in it. */
  sees(text: string): Promise<void> {
    return this.wait(() => this.shown.some((line) => line.includes(text)), `“${text}”`);
  }

  async close(): Promise<void> {
    this.isAway = false;
    await this.client.dispose();
  }

  private subscribe<Data>(
    query: string,
    variables: Record<string, unknown>,
    next: (data: Data) => void,
  ): void {
    this.client.subscribe<Data>(
      { query, variables },
      {
        next: ({ data }) => data && next(data),
        error: (error) => {
          const faults = Array.isArray(error) ? error.map(({ message }) => message).join(' ') : String(error);
          this.show(lines.failed(faults));
        },
        complete: () => undefined,
      },
    );
  }

  private show(line: string): void {
    this.shown.push(line);
    print(this.lane, line);
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  private async wait(isThere: () => boolean, what: string): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (!isThere()) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.add(resolve);
        deadline.addEventListener('abort', () =>
          reject(new Error(`${this.lane.name} waited ${PATIENCE_MS / 1_000} s for ${what}.`)),
        );
      });
    }
  }

  private count(): number {
    return [...this.negotiations.values()].reduce((sum, { seen }) => sum + seen.length, 0);
  }

  private untilOnline(): Promise<void> {
    return this.isAway ? new Promise((resolve) => (this.backOnline = resolve)) : Promise.resolve();
  }
}
