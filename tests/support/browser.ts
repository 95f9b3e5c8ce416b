import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

/** The browser's program: CHROMIUM_PATH, else /usr/bin/chromium, else the first on PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)));
  return (named ? [named] : ['/usr/bin/chromium', ...onPath]).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Without a network of its own: what it asks for, the page under test asked for. Close it when done. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium: install one, or name it in CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface PageWatch {
  /** Addresses of another origin that the page asked for, WebSockets included. Stays empty. */
  outside: string[];
  /** Uncaught errors, and messages of the console's error level, the Content-Security-Policy's among them. */
  errors: string[];
}

/** Begin before the first goto. */
export function watchPage(page: Page, origin: string): PageWatch {
  const watch: PageWatch = { outside: [], errors: [] };
  const { host } = new URL(origin);
  const note = (address: string) => {
    const url = new URL(address);
    if (!['data:', 'blob:'].includes(url.protocol) && url.host !== host) watch.outside.push(address);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => watch.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') watch.errors.push(message.text());
  });
  return watch;
}

/** Opens GraphiQL in this page and waits until it knows the schema. */
export async function openGraphiql(page: Page, origin: string): Promise<void> {
  const schemaKnown = page.waitForResponse(
    (response) => !!response.request().postData()?.includes('__schema'),
  );
  await page.goto(`${origin}/graphiql`);
  await schemaKnown;
  await editor(page, 'Operation Editor').waitFor({ state: 'attached' });
}

/**
 * Replaces the operation and its variables, runs it, and returns the first result that the result pane shows, parsed.
 * A subscription goes on: read it again with graphiqlResult, end it with graphiqlStop. One that runs is stopped first.
 */
export async function graphiqlRun(
  page: Page,
  query: string,
  variables?: Record<string, unknown>,
): Promise<unknown> {
  await graphiqlStop(page);
  await replaceText(editor(page, 'Operation Editor'), query);
  return graphiqlRunTab(page, variables ?? null);
}

/** Chooses a tab of GraphiQL's own by its title. What runs in the one before is stopped by that. */
export async function graphiqlTab(page: Page, title: string): Promise<void> {
  await page.getByRole('tab').getByRole('button', { name: title, exact: true }).click();
  await page.getByRole('tab', { name: title, selected: true }).waitFor();
}

/** Runs what stands in the tab, with these variables (null: none; left out: those that stand there), as graphiqlRun does. */
export async function graphiqlRunTab(
  page: Page,
  variables?: Record<string, unknown> | null,
): Promise<unknown> {
  await graphiqlStop(page);
  if (variables !== undefined) {
    await showTool(page, 'Variables');
    await replaceText(editor(page, 'Variables'), variables ? JSON.stringify(variables) : '');
  }
  await sleep(EDIT_SETTLES_MS);
  await editor(page, 'Operation Editor').press('Control+Enter'); // empties the result pane first
  return graphiqlResult(page);
}

/** Of several operations in the tab, runs the one with this name, by the button's menu. */
export async function graphiqlChoose(page: Page, operation: string): Promise<unknown> {
  await page.getByRole('button', { name: /^execute query/i }).click();
  await page.getByRole('menuitem', { name: operation, exact: true }).click();
  return graphiqlResult(page);
}

/** What the result pane shows, parsed, as soon as it shows anything. Of a subscription: the newest event. */
export async function graphiqlResult(page: Page, timeoutMs = 10_000): Promise<unknown> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const text = await copyText(editor(page, 'Result Window'));
    try {
      return JSON.parse(text);
    } catch {
      // Empty still, or a newer result came between selecting and copying.
      if (Date.now() > deadline) throw new Error(`After ${timeoutMs} ms GraphiQL shows no result: '${text}'`);
    }
    await sleep(50);
  }
}

/** Ends a running subscription; does nothing where none runs. */
export async function graphiqlStop(page: Page): Promise<void> {
  const stop = page.getByRole('button', { name: /^stop query/i });
  if (!(await stop.isVisible())) return;
  await stop.click();
  await stop.waitFor({ state: 'hidden' });
}

/** Replaces the text of the Headers editor. They count from the next operation on. */
export async function graphiqlHeaders(page: Page, headers: Record<string, string>): Promise<void> {
  await showTool(page, 'Headers');
  await replaceText(editor(page, 'Headers'), Object.keys(headers).length ? JSON.stringify(headers) : '');
  await sleep(EDIT_SETTLES_MS);
}

/** The line at the bottom of the page: whom this browser tab is signed in as. '' for nobody. */
export async function graphiqlBadge(page: Page): Promise<string> {
  return (await page.locator('body > [role=status]').textContent()) ?? '';
}

/** GraphiQL reads the name of the operation, headers and tabs 100 to 500 ms after the last keystroke. */
const EDIT_SETTLES_MS = 600;

/** The input of one of the page's code editors. The section of Variables and Headers holds both; one is hidden. */
const editor = (
  page: Page,
  section: 'Operation Editor' | 'Variables' | 'Headers' | 'Result Window',
): Locator =>
  page
    .getByRole('region', { name: section })
    .locator('.graphiql-editor:not(.hidden) textarea, :scope > .monaco-editor textarea');

async function showTool(page: Page, tool: 'Variables' | 'Headers'): Promise<void> {
  await page.getByRole('button', { name: tool, exact: true }).click();
  await editor(page, tool).waitFor({ state: 'attached' });
}

/** As a paste: typed text would be indented, and its brackets closed, by the editor. */
async function replaceText(input: Locator, text: string): Promise<void> {
  await input.press('Control+A');
  await input.press('Delete');
  await input.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** As a copy: the page's DOM has only the lines that are in view. */
async function copyText(input: Locator): Promise<string> {
  await input.press('Control+A');
  return input.evaluate((element) => {
    const clipboardData = new DataTransfer();
    element.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
    return clipboardData.getData('text/plain');
  });
}

// What runs in the page and is type-checked here, without the rest of the DOM's names.
declare class DataTransfer {
  setData(format: string, data: string): void;
  getData(format: string): string;
}
declare class ClipboardEvent extends Event {
  constructor(type: string, init: { clipboardData: DataTransfer; bubbles: boolean; cancelable: boolean });
}
