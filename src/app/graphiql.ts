import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** An account shown in the first tab, ready to be signed in with (of the seeders; never a real person's). */
export interface GraphiqlSignIn {
  label: string;
  email: string;
  password: string;
}

/** One of GraphiQL's own tabs. Its title is the name of the operation. */
export interface GraphiqlTab {
  query: string;
  /** JSON text, as in the Variables editor. */
  variables?: string;
}

export interface GraphiqlOptions {
  enabled: boolean;
  /** Path of the GraphQL endpoint, for HTTP and WebSocket alike: '/graphql'. */
  endpoint: string;
  /** Path of the health check that GET / names. */
  health?: string;
  signIns?: readonly GraphiqlSignIn[];
  /** What a fresh browser tab opens with. */
  tabs?: readonly GraphiqlTab[];
}

export interface GraphiqlPage {
  html: Buffer;
  /** Strong, quoted: the digest of the page. */
  etag: string;
  contentSecurityPolicy: string;
}

const NAME = 'CarNegotiate';

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
    page ??= renderGraphiqlPage(options);
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

/**
 * The page that `renderGraphiQL` of @graphql-yoga/render-graphiql makes, from the same parts, but started with
 * properties that JSON cannot carry: functions, and this browser tab's own storage.
 */
export async function renderGraphiqlPage(options: GraphiqlOptions): Promise<GraphiqlPage> {
  // Loaded at the first visit: 9 MB of text that a server without visitors need not hold.
  const bundle = await import('@graphql-yoga/render-graphiql/graphiql');
  const settings = {
    endpoint: options.endpoint,
    subscriptionsProtocol: 'WS',
    title: NAME,
    logo: '',
    defaultQuery: '',
    defaultTabs: options.tabs ?? firstSteps(options.signIns ?? []),
    shouldPersistHeaders: true,
  };
  const workers = {
    editorWorkerService: bundle.editorWorkerService,
    json: bundle.jsonWorker,
    graphql: bundle.graphqlWorker,
  };
  // The browser hashes a script after it has turned CRLF into LF.
  const scripts = [
    `const settings = ${inlineJson(settings)};\n${SESSION_SCRIPT}`,
    `const workers = ${inlineJson(workers)};\n${WORKERS_SCRIPT}`,
    bundle.js,
    START_SCRIPT,
  ].map((script) => script.replace(/\r\n?/g, '\n'));

  const html = Buffer.from(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${NAME} GraphiQL</title>
<link rel="icon" href="data:,">
<style>${bundle.css}</style>
</head>
<body id="body" class="no-focus-outline">
<noscript>This page needs JavaScript.</noscript>
<div id="root"></div>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`);
  return { html, etag: `"${digest(html)}"`, contentSecurityPolicy: contentSecurityPolicy(scripts) };
}

/**
 * Nothing may come from, or go to, another origin. The scripts are named by their digests. The editor writes style
 * elements at run time and starts its workers from blobs. `ws:` and `wss:` are named for browsers whose 'self' does
 * not cover WebSocket.
 */
function contentSecurityPolicy(scripts: readonly string[]): string {
  return [
    `default-src 'none'`,
    `script-src ${scripts.map((script) => `'sha256-${digest(script)}'`).join(' ')}`,
    `style-src 'unsafe-inline'`,
    'font-src data:',
    `img-src 'self' data:`,
    'worker-src blob:',
    `connect-src 'self' ws: wss:`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('base64');

/** JSON that may stand in a script element: no `</script>`, no `<!--`. */
const inlineJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');

function firstSteps(signIns: readonly GraphiqlSignIn[]): GraphiqlTab[] {
  const { email, password } = signIns[0] ?? { email: 'you@example.com', password: '' };
  const accounts = signIns
    .map((account) => `#   ${account.label}: ${account.email}  ${account.password}\n`)
    .join('');
  return [
    {
      query: `# 1. Run this (Ctrl-Enter): it signs this browser tab in,
#    its subscriptions too. See the line at the bottom.
#    A token of your own goes first. Put into Headers:
#    {"Authorization": "Bearer <accessToken>"}
# 2. Open this page in a second browser tab and sign in
#    there as the other party: each tab is its own person.
# 3. Run FollowNegotiation (third tab above) in the one,
#    and make an offer in the other.
${accounts && `#\n# Accounts:\n${accounts}`}mutation SignIn {
  login(input: {
    email: ${JSON.stringify(email)}
    password: ${JSON.stringify(password)}
  }) {
    tokens { accessToken refreshToken }
    user { id email userType }
  }
}
`,
    },
    {
      query: `query MyNegotiations {
  me { id email userType }
  negotiations(first: 10) {
    nodes {
      id status turn
      vehicle { id year make model askingPrice }
    }
  }
}
`,
    },
    {
      query: `# Ctrl-Enter starts it, and stops it. "after" is the last
# sequence you have seen: 0 replays all.
subscription FollowNegotiation($id: ID!) {
  negotiationEvents(negotiationId: $id, after: 0) {
    sequence kind party message createdAt
    offer { id amount }
  }
}
`,
      variables: '{\n  "id": ""\n}',
    },
  ];
}

/**
 * Who this browser tab is. It wraps fetch and WebSocket and nothing of GraphiQL's page:
 * - an answer of the endpoint with an access token in it (login, register, refreshToken, changePassword) signs the tab
 *   in, logout signs it out; kept in sessionStorage, so that two tabs can be two people, and survives a reload;
 * - a request without an Authorization of its own (Headers editor) gets the tab's;
 * - `connectionParams()` is what GraphiQL's graphql-ws client asks for at each (re)connection: the headers of the
 *   Headers editor, and Authorization. GraphiQL itself would send none;
 * - when the tab's person changes, its sockets are closed with 1000: the client comes back at once with the new token
 *   and resumes its subscriptions.
 */
const SESSION_SCRIPT = /* JavaScript */ `
const tab = (() => {
  const KEY = 'carnegotiate:session';
  const endpoint = new URL(settings.endpoint, location.href).href;
  const sockets = new Set();
  let session = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  let headersText = sessionStorage.getItem('graphiql:headers') ?? '';

  // GraphiQL allows comments and trailing commas there, and says itself what else is wrong.
  function editorHeaders() {
    const text = headersText.replace(/^\\s*\\/\\/.*$/gm, '').replace(/,\\s*}\\s*$/, '}');
    try { return Object.entries(JSON.parse(text)); } catch { return []; }
  }

  const isAuthorization = ([name]) => name.toLowerCase() === 'authorization';

  function connectionParams() {
    const headers = editorHeaders();
    const authorization = headers.find(isAuthorization)?.[1] ?? (session && 'Bearer ' + session.accessToken);
    const others = headers.filter((header) => !isAuthorization(header));
    return { ...Object.fromEntries(others), ...(authorization ? { Authorization: authorization } : {}) };
  }

  function become(next) {
    if (next?.accessToken === session?.accessToken) return;
    session = next;
    if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
    else sessionStorage.removeItem(KEY);
    for (const socket of sockets) socket.close(1000, 'Signed in anew');
    showBadge();
  }

  // Each root field by its value, whatever its alias: {tokens: {accessToken}, user: {email}}.
  function learn(data, requestBody) {
    for (const [field, value] of Object.entries(data ?? {})) {
      const accessToken = value?.tokens?.accessToken;
      const email = value?.user?.email ?? /email\\W+([^"\\\\\\s]+@[^"\\\\\\s]+)/.exec(requestBody)?.[1];
      if (accessToken) become({ accessToken, email: email ?? session?.email ?? 'somebody' });
      if (field === 'logout' && value && value.success !== false) become(null);
    }
  }

  const send = window.fetch.bind(window);
  window.fetch = async (input, init = {}) => {
    if (new URL(input.url ?? input, location.href).href !== endpoint) return send(input, init);
    const headers = new Headers(init.headers);
    if (session && !headers.has('authorization')) headers.set('authorization', 'Bearer ' + session.accessToken);
    const answer = await send(input, { ...init, headers });
    if (answer.headers.get('content-type')?.includes('json')) {
      const text = await answer.clone().text();
      if (/"accessToken"|"logout"/.test(text)) {
        try { learn(JSON.parse(text).data, String(init.body)); } catch (error) { console.warn(error); }
      }
    }
    return answer;
  };

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.add(this);
      this.addEventListener('open', () => showBadge());
      this.addEventListener('close', ({ code, reason }) => {
        sockets.delete(this);
        // GraphiQL's result pane says no more of it than {"isTrusted": true}.
        if (code >= 4000) showBadge('Live connection closed: ' + code + ' ' + reason + ' · ');
      });
    }
  };

  const badge = document.createElement('div');
  badge.setAttribute('role', 'status');
  badge.style.cssText = 'position:fixed;right:24px;bottom:2px;z-index:9;font:11px/1.4 system-ui,sans-serif;color:#7d7d7d';
  const signOut = document.createElement('button');
  signOut.textContent = 'sign out';
  signOut.style.cssText = 'font:inherit;color:inherit;background:none;border:0;padding:0;text-decoration:underline;cursor:pointer';
  signOut.onclick = () => become(null);
  function showBadge(notice = '') {
    if (editorHeaders().some(isAuthorization)) badge.replaceChildren(notice, 'Authorization as in Headers');
    else if (session) badge.replaceChildren(notice, 'Signed in as ' + session.email + ' · ', signOut);
    else badge.replaceChildren(notice);
  }
  document.body.append(badge);
  showBadge();

  return {
    connectionParams,
    onEditHeaders(text) { headersText = text; showBadge(); },
  };
})();
`;

const WORKERS_SCRIPT = /* JavaScript */ `
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) =>
    URL.createObjectURL(new Blob([workers[label]], { type: 'application/javascript' })),
};
`;

/**
 * `storage`: GraphiQL keeps tabs, headers and history in localStorage, which all tabs of a browser share: one person's
 * headers would come up in the other's tab. `onEditQuery`: by default the page writes the query, and so a password
 * typed into it, into its address, and from there into the server's log at the next reload.
 */
const START_SCRIPT = /* JavaScript */ `
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  ...settings,
  storage: sessionStorage,
  connectionParams: tab.connectionParams,
  onEditHeaders: tab.onEditHeaders,
  onEditQuery() {},
});
`;
