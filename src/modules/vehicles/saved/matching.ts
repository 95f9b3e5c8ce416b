import { setImmediate as turn } from 'node:timers/promises';
import { nameKey } from '../vehicle.names.js';
import type { DueListing, KeptSearch } from './matching.reads.js';
import { hasWanted, matcherOf } from './search-match.js';
import type { Spellings } from './spellings.js';

/** That a vehicle matches a search. */
export interface Pair {
  readonly searchId: string;
  readonly userId: string;
  readonly listing: DueListing;
}

/** Searches that are tried before others get their turn: some milliseconds with 500 listings. */
const TRIED_AT_ONCE = 50;

/** Listings of a batch, by make: most searches name the makes that they want. */
export class Batch {
  private readonly byMake: ReadonlyMap<string, readonly DueListing[]>;
  private readonly words = new Map<DueListing, ReadonlySet<string>>();

  constructor(readonly listings: readonly DueListing[]) {
    this.byMake = Map.groupBy(listings, ({ makeKey }) => makeKey);
  }

  /** What matches what, by vehicle and then by search. */
  async pairs(searches: readonly KeptSearch[], spellings: Spellings): Promise<Pair[]> {
    const pairs: Pair[] = [];
    await spellings.learn(searches.flatMap(({ filter }) => filter.search ?? []));
    for (const [index, search] of searches.entries()) {
      if (index % TRIED_AT_ONCE === 0) await turn();
      for (const listing of this.matching(search, spellings)) {
        pairs.push({ searchId: search.id, userId: search.userId, listing });
      }
    }
    return pairs.sort(byVehicle);
  }

  private matching(search: KeptSearch, spellings: Spellings): DueListing[] {
    const { filter } = search;
    const matches = matcherOf(filter);
    const found = this.candidates(search).filter((each) => isNewsTo(search, each) && matches(each));
    if (filter.search == null || found.length === 0) return found;
    const wanted = spellings.wantedBy(filter.search);
    return found.filter((listing) => hasWanted(this.wordsOf(listing), wanted));
  }

  private candidates({ filter: { makes } }: KeptSearch): readonly DueListing[] {
    if (!makes?.length) return this.listings;
    return [...new Set(makes.map(nameKey))].flatMap((make) => this.byMake.get(make) ?? []);
  }

  private wordsOf(listing: DueListing): ReadonlySet<string> {
    const words = this.words.get(listing) ?? wordsIn(listing.terms);
    this.words.set(listing, words);
    return words;
  }
}

/** The words of `'accord':1A 'leather':1C`. */
function wordsIn(terms: string): ReadonlySet<string> {
  return new Set([...terms.matchAll(/'([^']+)'/g)].map(([, word]) => word as string));
}

/**
 * Never one's own, and nothing that was on the market as it is before the search was made. Where the market alone has
 * changed, that is news to who asks for ratings.
 */
function isNewsTo(search: KeptSearch, listing: DueListing): boolean {
  if (search.userId === listing.ownerId || search.id >= listing.due) return false;
  return search.createdAt <= listing.changedAt || Boolean(search.filter.ratings?.length);
}

function byVehicle(one: Pair, other: Pair): number {
  const isSame = one.listing === other.listing;
  const [left, right] = isSame ? [one.searchId, other.searchId] : [one.listing.id, other.listing.id];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
