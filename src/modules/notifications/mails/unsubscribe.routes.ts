import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../../kernel/context.js';
import { networkOf } from '../../../kernel/networks.js';
import type { RateLimit } from '../../../kernel/ports.js';
import { throttledBy } from '../../accounts/index.js';
import { unsubscribe } from '../preferences/preference.service.js';
import { askPage, badLinkPage, CONTENT_SECURITY_POLICY, donePage, type Page } from './unsubscribe.pages.js';
import { readUnsubscribing, UNSUBSCRIBE_PATH } from './unsubscribing.js';

const HOUR = 60 * 60_000;
/** By account: mail providers send the clicks of all their users from a few addresses. */
const clicks: RateLimit = { name: 'unsubscribe', points: 100, durationMs: HOUR };
/** By network: nobody has more than a few links that are cut off. */
const badLinks: RateLimit = { name: 'unsubscribe-bad-links', points: 100, durationMs: HOUR };

/** "List-Unsubscribe=One-Click" and the name of a form are all that is ever sent. */
const MAX_BODY_BYTES = 4_096;

/** Where mails are switched off: by one POST of a mail program (RFC 8058), or by a page with a button. */
export function unsubscribeRoutes(
  api: FastifyInstance,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): void {
  void api.register(async (scope) => {
    // The link says all: a body of any kind, or none, is passed over.
    scope.removeAllContentTypeParsers();
    const options = { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES } as const;
    scope.addContentTypeParser('*', options, (_request, _body, done) => done(null));

    scope.get(UNSUBSCRIBE_PATH, async (request, reply) => {
      const link = await linkOf(request, contextOf);
      return show(reply, link ? askPage : badLinkPage);
    });
    scope.post(UNSUBSCRIBE_PATH, async (request, reply) => {
      const link = await linkOf(request, contextOf);
      if (!link) return show(reply, badLinkPage);
      await throttledBy(link.ctx, clicks, link.userId);
      await unsubscribe(link.ctx, link.userId, link.kind);
      return show(reply, donePage);
    });
  });
}

/** Null for a link that we did not make. @throws AppError RATE_LIMITED after too many of those. */
async function linkOf(request: FastifyRequest, contextOf: (request: FastifyRequest) => Promise<Ctx>) {
  const ctx = await contextOf(request);
  const link = readUnsubscribing(ctx, (request.query as { token?: unknown }).token);
  if (!link) await throttledBy(ctx, badLinks, networkOf(ctx.ip));
  return link && { ctx, ...link };
}

function show(reply: FastifyReply, { status, html }: Page) {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .send(html);
}
