import { unavailabilityOf } from '../../kernel/unavailable.js';

/** How often an outage that goes on is told of. Ours. */
const TOLD_EVERY_MS = 10_000;

/** Tells of a server that is away once, and then now and then with how often it was asked in vain: not once for each request. */
export class OutageLog {
  private toldAt = Number.NEGATIVE_INFINITY;
  private untold = 0;

  constructor(
    private readonly server: string,
    private readonly warn: (error: unknown, message: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Of others in the way (deadlocks) who tries again tells. */
  note(error: unknown): void {
    const { code } = error as { code?: unknown };
    if (!unavailabilityOf(error) || code === '40001' || code === '40P01' || code === '55P03') return;
    this.untold += 1;
    if (this.now() - this.toldAt < TOLD_EVERY_MS) return;
    const times = this.untold === 1 ? '' : ` (${this.untold} times)`;
    this.toldAt = this.now();
    this.untold = 0;
    this.warn(error, `PostgreSQL at ${this.server} did not do what it was asked${times}`);
  }
}
