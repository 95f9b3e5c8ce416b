import { AppError } from '../../kernel/errors.js';

/** Each may bring as many files as one request holds, and take its time over it. */
const AT_ONCE = 10;

/** How many uploads each account has on their way to this node. */
export class Crowd {
  private readonly sizes = new Map<string, number>();

  /** Counts one in; the returned function counts it out. @throws AppError RATE_LIMITED */
  enter(userId: string): () => void {
    const size = this.sizes.get(userId) ?? 0;
    if (size >= AT_ONCE) {
      throw new AppError('RATE_LIMITED', `An account may have ${AT_ONCE} uploads under way.`, {
        retryAfterSeconds: 1,
      });
    }
    this.sizes.set(userId, size + 1);
    return () => this.leave(userId);
  }

  private leave(userId: string): void {
    const size = (this.sizes.get(userId) ?? 0) - 1;
    if (size > 0) this.sizes.set(userId, size);
    else this.sizes.delete(userId);
  }
}
