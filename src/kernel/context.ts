import type { SqlEntityManager } from '@mikro-orm/sql';
import type DataLoader from 'dataloader';
import type { CursorKeys } from './cursor.js';
import type { AppError } from './errors.js';
import type { Bus, Clock, Images, Logger, RateLimits, Storage, VinDecoder, Workspaces } from './ports.js';

export type UserType = 'BUYER' | 'DEALER' | 'ADMIN';

/** Who asks, as its access token says: no query is spent on it. */
export interface Viewer {
  readonly id: string;
  readonly userType: UserType;
  readonly sessionId: string;
  readonly tokenExpiresAt: Date;
}

/** The figures an operator may set; ARCHITECTURE's tables give their sources. Durations are milliseconds. */
export interface Policy {
  readonly pageSize: number;
  readonly maxPageSize: number;
  readonly offerLifetimeMs: number;
  readonly offersPerVehicle: number;
  /** How long before an offer lapses its reader is warned. */
  readonly warningMs: number;
  /** How long a dealer's invitation stands, and how far under the asking price it must be at least, in percent. */
  readonly invitationLifetimeMs: number;
  readonly minimumInvitationDiscountPercent: number;
  /** Messages that one account may send in a minute. */
  readonly messagesPerMinute: number;
  readonly holdMs: number;
  /** Share of the asking price that a first offer must reach, in percent. */
  readonly minimumOfferPercent: number;
  /** Photos that a vehicle may have. */
  readonly maxVehicleImages: number;
  readonly maxDealerDocuments: number;
  readonly maxDocumentBytes: number;
}

/** What lives as long as the process and every operation shares. */
export interface Services {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Logger;
  readonly policy: Policy;
  readonly cursors: CursorKeys;
  readonly rateLimits: RateLimits;
  readonly storage: Storage;
  readonly images: Images;
  readonly workspaces: Workspaces;
  readonly vinDecoder: VinDecoder;
  /** Room-owned parts (token signer, live streams), put there by the composition root under the room's own key. */
  readonly parts: Parts;
}

/** Typed holder of parts: a room makes its key with `partKey` and reads only what it knows. */
export class Parts {
  private readonly values = new Map<symbol, unknown>();

  set<T>(key: PartKey<T>, value: T): void {
    this.values.set(key.symbol, value);
  }

  get<T>(key: PartKey<T>): T {
    const value = this.values.get(key.symbol);
    if (value === undefined) throw new Error(`Part not composed: ${String(key.symbol.description)}`);
    return value as T;
  }

  /** What the system may do without. */
  find<T>(key: PartKey<T>): T | undefined {
    return this.values.get(key.symbol) as T | undefined;
  }
}

export interface PartKey<T> {
  readonly symbol: symbol;
  /** Never set; carries the type. */
  readonly type?: T;
}

export function partKey<T>(name: string): PartKey<T> {
  return { symbol: Symbol(name) };
}

/** One operation: an HTTP request, or one event of a subscription. First argument of every service function. */
export interface Ctx extends Services {
  readonly viewer: Viewer | null;
  /** Why a token that was sent was not accepted; told by whatever needs a viewer, and by nothing else. */
  readonly authError: AppError | null;
  readonly em: SqlEntityManager;
  readonly loaders: LoaderPool;
  readonly requestId: string;
  /** The client's address, for throttling; empty for what runs beside the requests. */
  readonly ip: string;
  /** What the client calls itself: its User-Agent, cut to 200 characters. */
  readonly userAgent: string;
  /** Closes the socket of a subscription that cannot keep up, with its reason; over HTTP there is nothing to close. */
  readonly cutOff: (reason: string) => void;
}

/** A batch function. One statement per batch, whatever the number of keys. */
export interface LoaderDefinition<K, V> {
  readonly batch: (ctx: Ctx, keys: readonly K[]) => Promise<Array<V | Error>>;
  /** Needed where the key is an object. */
  readonly cacheKey?: (key: K) => string;
}

/** The loaders of one operation, made when first asked for and gone with it. */
export interface LoaderPool {
  /**
   * The loader of a definition. `variant` tells apart loaders of one definition within an operation, for instance by
   * the GraphQL field nodes whose selection decides on the columns.
   */
  of<K, V>(ctx: Ctx, definition: LoaderDefinition<K, V>, variant?: unknown): DataLoader<K, V, unknown>;
  /** After a write nothing read before it may answer. */
  clear(): void;
}
