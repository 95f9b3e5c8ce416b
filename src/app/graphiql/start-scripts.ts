/** The editor's language services, each a worker of its own. */
export const WORKERS_SCRIPT = /* JavaScript */ `
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
export const START_SCRIPT = /* JavaScript */ `
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  ...settings,
  storage: sessionStorage,
  connectionParams: tab.connectionParams,
  onEditHeaders: tab.onEditHeaders,
  onEditQuery() {},
});
`;
