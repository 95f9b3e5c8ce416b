import type { Duplex } from 'node:stream';

/** The lines of sockets by the network that they come from: guests are nobody in particular, and are counted by it alone. */
export class OpenLines {
  private readonly byNetwork = new Map<string, number>();

  constructor(private readonly maxPerNetwork: number) {}

  /** Takes a line in until it closes, unless its network has as many as one may have. */
  take(network: string, line: Duplex): boolean {
    const count = this.byNetwork.get(network) ?? 0;
    if (count >= this.maxPerNetwork || line.closed) return false;
    this.byNetwork.set(network, count + 1);
    line.once('close', () => this.release(network));
    return true;
  }

  private release(network: string): void {
    const count = (this.byNetwork.get(network) ?? 0) - 1;
    if (count > 0) this.byNetwork.set(network, count);
    else this.byNetwork.delete(network);
  }
}
