import { type Ctx, partKey } from '../../../kernel/context.js';
import { withoutDeadline } from '../../../kernel/deadline.js';
import { levelOf } from '../../../kernel/unavailable.js';
import { readUpload } from './bulk-reading.js';
import { type Held, takeUpload } from './lease.js';

/** Uploads that one process reads side by side. */
const AT_ONCE = 2;

export const bulkReaderPart = partKey<BulkReader>('vehicles.bulk-reader');

/**
 * Reads in this process what waits to be read, a few files at once, beside the requests. The queue is the table: any
 * number of processes look there, and each file is read by one of them.
 */
export class BulkReader {
  private readonly running = new Set<Promise<void>>();
  private makeCtx: (() => Ctx) | null = null;
  private looking: Promise<number> = Promise.resolve(0);

  constructor(private readonly maxRows: number) {}

  start(makeCtx: () => Ctx): void {
    this.makeCtx = makeCtx;
  }

  /** Gives back what it reads, where it stands, and waits until it has. */
  async stop(): Promise<void> {
    this.makeCtx = null;
    await this.looking;
    await Promise.all(this.running);
  }

  /** Takes on what is due, as far as there is room. Returns how much; it is read later. */
  look(): Promise<number> {
    this.looking = withoutDeadline(() => this.looking.then(() => this.takeOn()));
    return this.looking;
  }

  private async takeOn(): Promise<number> {
    let count = 0;
    while (this.makeCtx && this.running.size < AT_ONCE) {
      const ctx = this.makeCtx();
      try {
        const held = await takeUpload(ctx);
        if (!held) break;
        this.begin(held);
        count++;
      } catch (error) {
        ctx.log[levelOf(error)]({ err: error }, 'no bulk upload could be taken on');
        break;
      }
    }
    return count;
  }

  private begin(held: Held): void {
    const stillWanted = () => this.makeCtx;
    const run = readUpload(stillWanted, held, this.maxRows).finally(() => {
      this.running.delete(run);
      if (this.makeCtx) void this.look();
    });
    this.running.add(run);
  }
}
