import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { builtConsole } from '../../../stack/product/build';
import type { StaffMember } from '../../../stack/staff';
import { startBrowser } from './browser';
import { signInReady, type SignInTarget } from './staff';

/** Where screenshots of failed and of passed tests are kept. */
const PICTURES = path.resolve('.local/screenshots');

/** Who looks at the console, and how. */
export interface Visitor {
  /** The person who is signed in; without one, nobody is. */
  as?: StaffMember;
  theme?: 'light' | 'dark';
  width?: number;
}

/** A browser with pages of a product's console. */
export interface ConsoleBrowser {
  /** Opens a path below `/console`, in a browser context of its own. A person's pages share one session, which the first of them begins. */
  open(path: string, visitor: Visitor): Promise<Page>;
  /** Signs the person in once more, for a test that ends the session. */
  signIn(who: StaffMember): Promise<Page>;
  /** What pages have reported as errors, and refusals of the content security policy, since this was last called. */
  takeErrors(): string[];
  close(): Promise<void>;
}

/** Opens a browser on a product's console, which is built first if the sources have changed. */
export async function startConsole(product: SignInTarget): Promise<ConsoleBrowser> {
  // First: a browser that nobody closes, because the build has failed, would keep the test run from ending.
  await builtConsole();
  const browser = await startBrowser();
  const sessions = new Map<StaffMember, Promise<Session>>();
  const sessionOf = (who: StaffMember): Promise<Session> => {
    const session = sessions.get(who) ?? signInThrough(browser, product, who).then(leaveWithSession);
    sessions.set(who, session);
    return session;
  };
  let errors: string[] = [];
  return {
    open: async (below, { as, theme = 'light', width = 1280 }) => {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: theme,
        reducedMotion: 'reduce',
        ...(as && { storageState: await sessionOf(as) }),
      });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await page.goto(`${product.url}/console${below}`);
      return page;
    },
    signIn: (who) => signInThrough(browser, product, who),
    takeErrors: () => {
      const taken = errors;
      errors = [];
      return taken;
    },
    close: () => browser.close(),
  };
}

/** Cookies of the console and of the identity provider. */
type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

/** Signs in as a person does: from the console's sign-in page, by name and password on the identity provider's, back to the console. */
async function signInThrough(browser: Browser, { url, staff }: SignInTarget, who: StaffMember): Promise<Page> {
  await signInReady(url);
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${url}/console/`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.locator('input[name=username]').fill(staff[who].username);
  await page.locator('input[name=password]').fill(staff[who].password);
  await page.locator('input[name=password]').press('Enter');
  await page.waitForURL(`${url}/console/`);
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  return page;
}

async function leaveWithSession(page: Page): Promise<Session> {
  const session = await page.context().storageState();
  await page.context().close();
  return session;
}

/** Waits until nothing on the page is being read any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1, main .state').first().waitFor();
  await page.locator('.skeleton, .boot').first().waitFor({ state: 'detached' });
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
