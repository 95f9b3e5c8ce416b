/**
 * Who this browser tab is. It wraps fetch and WebSocket and nothing of GraphiQL's page:
 * - an answer of the endpoint with an access token in it (login, register, refreshToken, changePassword) signs the tab
 *   in, logout signs it out; kept in sessionStorage, so that two tabs can be two people, and survives a reload;
 * - a request without an Authorization of its own (Headers editor) gets the tab's;
 * - `connectionParams()` is what GraphiQL's graphql-ws client asks for at each (re)connection: the headers of the
 *   Headers editor, and Authorization. GraphiQL itself would send none;
 * - when the tab's person changes, its sockets are closed with 1000: the client comes back at once with the new token
 *   and resumes its subscriptions;
 * - a socket that is closed with 4403 says that the tab's token is dead: it is signed out, and what the client asks for
 *   when it comes back is refused where everybody sees it. With the token it would try for 41 s and say nothing.
 */
export const SESSION_SCRIPT = /* JavaScript */ `
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
      const { accessToken } = session ?? {};
      sockets.add(this);
      this.addEventListener('open', () => showBadge());
      this.addEventListener('close', ({ code, reason }) => {
        sockets.delete(this);
        const isOurToken = accessToken && accessToken === session?.accessToken && !editorHeaders().some(isAuthorization);
        if (code === 4403 && isOurToken) become(null);
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
