import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { builtConsole } from '../../stack/product/build';
import { CALLERS, type Caller } from '../../stack/product/tokens';
import { startBrowser } from './browser';
import type { TestProduct } from './product';

/** Where screenshots of failed and of passed tests are kept. */
const PICTURES = path.resolve('.local/screenshots');

/** Who looks at the console, and how. */
export interface Visitor {
  /** Acts with this caller's token and roles; without one, nobody is signed in. */
  as?: Caller;
  /** Id under which the session knows the person; the token's by default. */
  userId?: string;
  theme?: 'light' | 'dark';
  width?: number;
}

/** A browser with pages of a product's console. */
export interface ConsoleBrowser {
  /** Opens a path below `/console`, in a browser context of its own. */
  open(path: string, visitor: Visitor): Promise<Page>;
  /** What pages have reported as errors, and refusals of the content security policy, since this was last called. */
  takeErrors(): string[];
  close(): Promise<void>;
}

/** Opens a browser on a product's console, which is built first if the sources have changed. */
export async function startConsole(product: Pick<TestProduct, 'url' | 'tokens'>): Promise<ConsoleBrowser> {
  // First: a browser that nobody closes, because the build has failed, would keep the test run from ending.
  await builtConsole();
  const browser = await startBrowser();
  let errors: string[] = [];
  return {
    open: async (below, visitor) => {
      const context = await contextOf(browser, product, visitor);
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await page.goto(`${product.url}/console${below}`);
      return page;
    },
    takeErrors: () => {
      const taken = errors;
      errors = [];
      return taken;
    },
    close: () => browser.close(),
  };
}

async function contextOf(
  browser: Browser,
  { url, tokens }: Pick<TestProduct, 'url' | 'tokens'>,
  { as, userId, theme = 'light', width = 1280 }: Visitor,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    ...(as && { extraHTTPHeaders: { authorization: `Bearer ${tokens[as]}` } }),
  });
  // A token stands for the person: the sign-in itself has tests of its own.
  await context.route(`${url}/console/session`, (route) =>
    as === undefined
      ? route.fulfill({ status: 401, contentType: 'application/problem+json', json: {} })
      : route.fulfill({ json: { user: { id: userId ?? `token:${as}`, name: as, roles: CALLERS[as] } } }),
  );
  return context;
}

/** Keeps a picture of the page, for people who look at the run. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of the rules of WCAG 2.2 A and AA that axe finds in a page: rule, and the elements. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Evaluated, because the page's policy refuses a script that is not its own.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    interface Axe {
      run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}

/** Pixels by which the page is wider than the screen. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)');
}
