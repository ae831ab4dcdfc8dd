import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Role } from '../../../../api/access/roles';
import { builtConsole } from '../../../../stack/product/build';
import { startApiHarness, type ApiHarness } from '../../api';
import { startBrowser } from '../browser';

/** A console on an API of its own, in a real browser. No worker runs. */
export interface ConsoleHarness {
  api: ApiHarness;
  /** Opens a page of the console as somebody with these roles. */
  open(address: string, visitor: Visitor): Promise<Visit>;
  stop(): Promise<void>;
}

/** Who looks at a page. */
export interface Visitor {
  roles: readonly Role[];
  /** In the audit trail. */
  name?: string;
}

/** A page in a browser, and what was wrong with it so far. */
export interface Visit {
  page: Page;
  /** Errors in the browser's console, failed scripts and violations of the policy, as text. */
  errors: string[];
  close(): Promise<void>;
}

/** Starts one. `stop` it in the end. */
export async function startConsoleHarness(): Promise<ConsoleHarness> {
  const [api, browser] = await Promise.all([
    builtConsole().then((consoleDir) => startApiHarness({ consoleDir })),
    startBrowser(),
  ]);
  const server = api.app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    api,
    open: (address, visitor) => visit(browser, url, address, visitor, api),
    stop: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await api.stop();
    },
  };
}

async function visit(
  browser: Browser,
  url: string,
  address: string,
  { roles, name = 'person' }: Visitor,
  api: ApiHarness,
): Promise<Visit> {
  const token = await api.token(roles, name);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  await answerSession(context, { id: `token:${name}`, name, roles });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`${url}/console${address}`);
  return { page, errors, close: () => context.close() };
}

/** Stands in for the sign-in. */
async function answerSession(context: BrowserContext, user: object): Promise<void> {
  const ends = new Date(Date.now() + 3_600_000).toISOString();
  await context.route('**/console/session', (route) =>
    route.fulfill({ json: { user, idleExpiresAt: ends, expiresAt: ends } }),
  );
}
