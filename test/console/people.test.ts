import { builtConsole } from '../../stack/product/build';
import type { StaffMember } from '../../stack/staff';
import { startConsoleApi, type ConsoleApi } from '../api/staff/console-api';
import { hasBrowser } from '../helpers/browser/browser';
import { axeViolations, keepPicture, settled, startConsole, type ConsoleBrowser } from '../helpers/browser/console';
import { stackEndpoints } from '../stack';
import { firstPaint } from './first-paint';

const { postgres, keycloak } = stackEndpoints('postgres', 'keycloak');
const isPossible = postgres !== undefined && keycloak?.staff !== undefined && hasBrowser();
const suite = isPossible ? describe : describe.skip;
if (!isPossible) test.todo('people at the console: not run, this machine has no Keycloak or no Chromium');

const READS = ['Now', 'Operations', 'Tenants', 'Approvals', 'Templates', 'Metrics', 'Audit', 'Settings'];

/** The navigation of each person of the local stack, and pages that are refused although their address is known. */
const SIGHTS: Record<StaffMember, { navigation: string[]; refused: string[] }> = {
  viewer: { navigation: READS, refused: ['/order', '/sweeps', '/webhooks'] },
  approver: { navigation: READS, refused: ['/order', '/sweeps', '/webhooks'] },
  operator: {
    navigation: [...READS.slice(0, 4), 'Billing', ...READS.slice(4, 6), 'Webhooks', 'Audit', 'Sweeps', 'Settings'],
    refused: ['/order'],
  },
  admin: {
    navigation: [
      ...READS.slice(0, 4),
      'Billing',
      'Order',
      'Templates',
      'Metrics',
      'Webhooks',
      'Audit',
      'Sweeps',
      'Settings',
    ],
    refused: [],
  },
};

suite('people at the console', () => {
  let api: ConsoleApi;
  let web: ConsoleBrowser;

  beforeAll(async () => {
    api = await startConsoleApi({}, await builtConsole());
    web = await startConsole({ url: api.url, staff: keycloak!.staff!.people });
  }, 180_000);
  afterAll(async () => {
    await web?.close();
    await api?.stop();
  });
  afterEach(() => expect(web.takeErrors()).toEqual([]));

  firstPaint(() => ({ url: api.url, web }));

  test('a visitor who is not signed in sees the sign-in page only', async () => {
    const page = await web.open('/operations?plan=starter', {});
    const link = page.getByRole('link', { name: 'Sign in' });
    expect(await link.getAttribute('href')).toBe(
      `${api.url}/console/sign-in?return=${encodeURIComponent('/console/operations?plan=starter')}`,
    );
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
    // The browser reports the 401, by which the console knows.
    expect(web.takeErrors().every((error) => error.includes('401'))).toBe(true);
  });

  test.each(Object.keys(SIGHTS) as StaffMember[])(
    'the %s signs in by name and password, and sees only the pages of their roles',
    async (who) => {
      const { navigation, refused } = SIGHTS[who];
      const page = await web.open('/settings', { as: who });
      await settled(page);
      expect(await page.locator('#navigation a').allInnerTexts()).toEqual(navigation);
      await page.getByText(`user:${who}`, { exact: true }).waitFor();
      await keepPicture(page, `signed-in-${who}`);
      for (const below of refused) {
        await page.goto(`${api.url}/console${below}`);
        await page.getByText('Your roles do not include this page').waitFor();
      }
      await page.context().close();
    },
    120_000,
  );

  test('signing out ends the session here and at the identity provider', async () => {
    const page = await web.signIn('viewer');
    const cookies = await page.context().cookies(`${api.url}/`);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const me = async (): Promise<number> => (await fetch(`${api.url}/v1/me`, { headers: { cookie } })).status;
    expect(await me()).toBe(200);
    await page.getByRole('button', { name: 'theme and sign-out' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await me()).toBe(401);
    // A session that lived on at the identity provider would lead straight back.
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.locator('input[name=password]').waitFor();
    await page.context().close();
  }, 120_000);
});
