/** The pages from which a browser may use the API, by their origins. */
export class Origins {
  private readonly allowed: ReadonlySet<string>;
  private readonly ownHost: string;

  constructor({
    corsAllowedOrigins,
    publicUrl,
  }: { corsAllowedOrigins: readonly string[]; publicUrl: string }) {
    this.allowed = new Set(corsAllowedOrigins);
    this.ownHost = new URL(publicUrl).host;
  }

  /** Whether pages of this origin may read our answers (CORS). */
  mayRead(origin: string | undefined): boolean {
    return origin !== undefined && this.allowed.has(origin);
  }

  /**
   * Whether a page of this origin may open a socket to us: CORS does not hold for sockets, any page may try. Our own
   * pages may, too. `host` is the request's Host header.
   */
  mayConnect(origin: string, host: string | undefined): boolean {
    if (this.mayRead(origin)) return true;
    const url = URL.parse(origin);
    // What a browser sends is exactly this much: "null" and whatever else there may be come from nobody we know.
    if (!url || url.origin !== origin || !/^https?:$/.test(url.protocol)) return false;
    return url.host === this.ownHost || url.host === URL.parse(`${url.protocol}//${host ?? ''}`)?.host;
  }
}
