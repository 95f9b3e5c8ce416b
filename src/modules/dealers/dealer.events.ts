/**
 * A dealership is about to close for good. The transaction holds its row: what is opened for it waits, and then finds it
 * closed. The rooms above lock what hangs on it, refuse what must not be left behind, and settle what is due.
 */
export class DealerClosing {
  constructor(readonly dealerId: string) {}
}

/** A dealership has closed, after all that was said to `DealerClosing`. What it has on the market goes with it. */
export class DealerClosed {
  constructor(readonly dealerId: string) {}
}

/** An admin decided on a dealer, otherwise than it stood before. */
export class DealerReviewed {
  constructor(
    readonly dealerId: string,
    /** The account behind the dealer, to be told. */
    readonly userId: string,
    readonly decision: 'VERIFIED' | 'REJECTED',
    /** Why it was rejected; null where it was verified. */
    readonly reason: string | null,
  ) {}
}
