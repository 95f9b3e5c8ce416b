import { createHash } from 'node:crypto';
import { SESSION_SCRIPT } from './session-script.js';
import { START_SCRIPT, WORKERS_SCRIPT } from './start-scripts.js';
import { firstSteps, type GraphiqlSignIn, type GraphiqlTab } from './tabs.js';

export interface PageOptions {
  /** Path of the GraphQL endpoint, for HTTP and WebSocket alike: '/graphql'. */
  endpoint: string;
  /** Where the page may be reached: 'https://cars.example'. */
  origins: readonly string[];
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

export const NAME = 'CarNegotiate';

/**
 * GraphiQL's tabs keep a transform of their entry that its style sheet hides, but not while a tab has the focus: pressed,
 * a tab jumps aside, and the button comes up beside it. Each would have to be clicked twice.
 */
const CLICKABLE_TABS = '.graphiql-tab{transform:none!important}';

/**
 * The page that `renderGraphiQL` of @graphql-yoga/render-graphiql makes, from the same parts, but started with
 * properties that JSON cannot carry: functions, and this browser tab's own storage.
 */
export async function renderGraphiqlPage(options: PageOptions): Promise<GraphiqlPage> {
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
<style>${bundle.css}
${CLICKABLE_TABS}</style>
</head>
<body id="body" class="no-focus-outline">
<noscript>This page needs JavaScript.</noscript>
<div id="root"></div>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`);
  return {
    html,
    etag: `"${digest(html)}"`,
    contentSecurityPolicy: contentSecurityPolicy(scripts, options.origins),
  };
}

/**
 * Nothing may come from, or go to, another origin. The scripts are named by their digests. The editor writes style
 * elements at run time and starts its workers from blobs. Its sockets are named for browsers whose 'self' does not cover
 * them.
 */
function contentSecurityPolicy(scripts: readonly string[], origins: readonly string[]): string {
  const sockets = new Set(origins.map((origin) => new URL(origin).origin.replace(/^http/, 'ws')));
  return [
    `default-src 'none'`,
    `script-src ${scripts.map((script) => `'sha256-${digest(script)}'`).join(' ')}`,
    `style-src 'unsafe-inline'`,
    'font-src data:',
    `img-src 'self' data:`,
    'worker-src blob:',
    ['connect-src', `'self'`, ...sockets].join(' '),
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('base64');

/** JSON that may stand in a script element: no `</script>`, no `<!--`. */
const inlineJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');
