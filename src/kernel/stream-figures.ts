import type { StreamEntry } from './streams.js';

/** What a node has done for those who follow its streams, since it started. */
export class StreamFigures {
  /** Entries handed to followers, each counted for each of them. */
  delivered = 0;
  /** Followers that were too slow. */
  cutOff = 0;
  /** Entries that only the poll of the heads has found: their announcement was lost. */
  healed = 0;

  /** `onPage` is told of what is new in a stream of a kind, once, as it is handed to all who follow it. */
  constructor(
    private readonly onPage: (kind: string, entries: readonly StreamEntry[]) => void = () => undefined,
  ) {}

  page(kind: string, entries: readonly StreamEntry[], followers: number): void {
    this.delivered += entries.length * followers;
    if (followers > 0) this.onPage(kind, entries);
  }
}
