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
