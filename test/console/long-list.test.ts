import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { consoleAssets, consolePage } from '../../api/console/static';
import { builtConsole } from '../../stack/product/build';
import { hasBrowser, startBrowser } from '../helpers/browser/browser';

const ALL = 10_000;
/** More than the real API gives at once, to come to the end sooner. */
const PAGE = 1_000;
/** Rows in sight and around; the document must not grow with the list. */
const MOST_ROWS = 120;

const suite = hasBrowser() ? describe : describe.skip;
if (!hasBrowser()) test.todo('a list of 10,000 operations in a browser: not run, this machine has no Chromium');

suite('a list of 10,000 operations', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await serve(await builtConsole());
    browser = await openBrowser();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/console/operations`);
    await page.getByRole('link', { name: 'Provision tenant-0', exact: true }).waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    server?.closeAllConnections();
  });

  test('is read as far as somebody scrolls, and only the rows in sight are in the document', async () => {
    const last = page.getByRole('link', { name: `Provision tenant-${ALL - 1}`, exact: true });
    let most = 0;
    while (!(await last.isVisible())) {
      const [rows, height] = await page.evaluate(() => {
        const { scrollHeight } = document.documentElement;
        scrollTo(0, scrollHeight);
        return [document.querySelectorAll('tbody tr').length, scrollHeight];
      });
      most = Math.max(most, rows);
      await page.waitForFunction(
        (before) => document.documentElement.scrollHeight > before || document.querySelector('.more') === null,
        height,
      );
    }
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThan(MOST_ROWS);
  }, 120_000);

  test('shows the first row again at once when somebody scrolls back', async () => {
    await page.evaluate('scrollTo(0, 0)');
    await page.getByRole('link', { name: 'Provision tenant-0', exact: true }).waitFor({ timeout: 5_000 });
    expect(await page.locator('tbody tr').count()).toBeLessThan(MOST_ROWS);
  }, 30_000);
});

const openBrowser = startBrowser;

/** The console with an API that only has operations. */
async function serve(dir: string): Promise<Server> {
  const files = { dir, publicUrl: 'http://127.0.0.1' };
  const app = express();
  app.use(consoleAssets(files));
  app.get('/console/session', (_request, response) => {
    response.json({ user: { id: 'user:ada', name: 'Ada', roles: ['tenants:read'] } });
  });
  app.get('/v1/operations', ({ query }, response) => {
    const from = Number(query['cursor'] ?? 0);
    const items = Array.from({ length: PAGE }, (_, n) => operation(from + n));
    response.json({ items, ...(from + PAGE < ALL && { nextCursor: String(from + PAGE) }) });
  });
  // Nothing happens: an answer without an end.
  app.get('/v1/events', ({ headers }, response) => {
    if (!headers.accept?.includes('text/event-stream'))
      return void response.json({ items: [], position: 1, more: false });
    response.type('text/event-stream').write('retry: 1000\n\nid: 1\n\n');
  });
  app.use(consolePage(files));
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function operation(n: number): object {
  return {
    operationId: `op_${n}`,
    tenantId: `t${n}`,
    tenantName: `tenant-${n}`,
    kind: 'provision',
    status: 'active',
    plan: 'starter',
    region: 'eu-central',
    createdAt: '2026-01-31T12:00:00.000Z',
    steps: [{ id: 'validate', label: 'Validate the order', state: 'done', attempts: 1 }],
    completed: 1,
    total: 1,
    leftovers: [],
    verbs: [],
  };
}
