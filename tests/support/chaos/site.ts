import { type ClusterOptions, TestCluster } from '../cluster.js';
import { pause } from '../live.js';
import type { ServerProcess } from '../server-process.js';
import { PostOffice } from './post-office.js';

/** How long somebody who wants to see a mail on its way waits for one. */
const MAIL_WITHIN_MS = 10_000;

/** A cluster whose nodes each say their name to the mail server: so it is known which of them is sending. */
export class Site {
  /** All that there ever were. */
  readonly everyNode: ServerProcess[] = [];
  private readonly names = new Map<string, ServerProcess>();
  private count = 0;

  private constructor(
    readonly cluster: TestCluster,
    readonly office: PostOffice,
  ) {}

  static async open(nodes: number, options: ClusterOptions): Promise<Site> {
    const site = new Site(await TestCluster.start(0, options), await PostOffice.open());
    await Promise.all(Array.from({ length: nodes }, () => site.add())).catch(async (error: unknown) => {
      await site.close();
      throw error;
    });
    return site;
  }

  async add(): Promise<void> {
    const name = `node-${++this.count}.example`;
    const node = await this.cluster.add({ SMTP_URL: `${this.office.url}?name=${name}` });
    this.names.set(name, node);
    this.everyNode.push(node);
  }

  /**
   * A node with followers that has just handed over a mail, and was not told yet that it is taken; where no such comes,
   * the node with the most followers.
   */
  async sending(): Promise<ServerProcess> {
    const endsAt = Date.now() + MAIL_WITHIN_MS;
    while (Date.now() < endsAt) {
      const senders = this.office.underWay.map((name) => this.names.get(name));
      const node = senders.find((sender) => sender && !sender.hasEnded && this.followersOf(sender) > 0);
      if (node) return node;
      await pause(1);
    }
    const byFollowers = [...this.cluster.nodes].sort((a, b) => this.followersOf(b) - this.followersOf(a));
    return byFollowers[0] as ServerProcess;
  }

  /** They alone come through the balancer: who writes chooses the node itself. */
  private followersOf({ url }: ServerProcess): number {
    return this.cluster.balancer.linesTo(url);
  }

  async close(): Promise<void> {
    await this.cluster.end();
    await this.office.close();
  }
}
