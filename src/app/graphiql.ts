import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type GraphiqlPage, NAME, type PageOptions, renderGraphiqlPage } from './graphiql/page.js';

export interface GraphiqlOptions extends Omit<PageOptions, 'origins'> {
  /** Where clients reach the server; who is on its machine also comes where it listens. */
  publicUrl: string;
  enabled: boolean;
  /** Path of the health check that GET / names. */
  health?: string;
}

/** GET /graphiql, an API explorer that needs nothing from outside, and GET /, which leads a browser to it. */
export function registerGraphiql(app: FastifyInstance, options: GraphiqlOptions): void {
  const { enabled, endpoint, health = '/api/v1/health/' } = options;

  app.get('/', (request, reply) => {
    reply.header('vary', 'accept');
    return enabled && request.headers.accept?.includes('text/html')
      ? reply.redirect('/graphiql')
      : reply.send({ name: NAME, graphql: endpoint, health });
  });
  if (!enabled) return;

  let page: Promise<GraphiqlPage> | undefined;
  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    page ??= renderGraphiqlPage({ ...options, origins: [options.publicUrl, app.listeningOrigin] });
    const { html, etag, contentSecurityPolicy } = await page;
    reply
      .header('etag', etag)
      .header('cache-control', 'no-cache')
      .header('content-security-policy', contentSecurityPolicy)
      .header('x-content-type-options', 'nosniff');
    // A proxy that compresses weakens the validator on its way (W/"…"): it still names the same page.
    if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
    return reply.type('text/html; charset=utf-8').send(html);
  };
  app.get('/graphiql', show);
  if (!app.initialConfig.ignoreTrailingSlash && !app.initialConfig.routerOptions?.ignoreTrailingSlash) {
    app.get('/graphiql/', show);
  }
}
