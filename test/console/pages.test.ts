import type { Role } from '../../api/access/roles';
import { hasBrowser } from '../helpers/browser/browser';
import { axeViolations, keepPicture, overflowOf, settled } from '../helpers/browser/console';
import { startConsoleHarness, type ConsoleHarness } from '../helpers/browser/console-harness/harness';
import { ENDPOINT_URL, HOSTILE, seedConsole, type Seeded } from '../helpers/browser/console-harness/seed';
import { ALL_ROLES } from '../helpers/api';
import { hasPostgres } from '../helpers/registry';

const isPossible = hasPostgres() && hasBrowser();
const suite = isPossible ? describe : describe.skip;
if (!isPossible) test.todo('the console’s pages: not run, this machine has no PostgreSQL or no Chromium');

/** Roles of somebody who may do everything but order. */
const ADMIN: readonly Role[] = ALL_ROLES.filter((role) => role !== 'api-keys:verify');

suite('the console’s pages', () => {
  let console_: ConsoleHarness;
  let seeded: Seeded;

  beforeAll(async () => {
    console_ = await startConsoleHarness();
    seeded = await seedConsole(console_.api);
  }, 150_000);
  afterAll(() => console_?.stop());

  /** Every page of this test, by the name of its screenshot. */
  const PAGES: Record<string, (made: Seeded) => string> = {
    tenants: () => '/tenants',
    tenant: ({ tenantId }) => `/tenants/${tenantId}`,
    order: () => '/order',
    approvals: () => '/approvals',
    'tenant-usage': ({ tenantId }) => `/tenants/${tenantId}?part=usage`,
    'tenant-evidence': ({ tenantId }) => `/tenants/${tenantId}?part=evidence`,
    'tenant-backups': ({ tenantId }) => `/tenants/${tenantId}?part=backups`,
    'tenant-keys': ({ tenantId }) => `/tenants/${tenantId}?part=keys`,
    'tenant-api-keys': ({ tenantId }) => `/tenants/${tenantId}?part=api-keys`,
    'tenant-flags': ({ tenantId }) => `/tenants/${tenantId}?part=flags`,
    'tenant-removal': ({ tenantId }) => `/tenants/${tenantId}?part=removal`,
    'tenant-trail': ({ tenantId }) => `/tenants/${tenantId}?part=trail`,
    templates: () => '/templates',
    template: () => '/templates/professional',
    metrics: () => '/metrics?plan=professional',
    webhooks: () => '/webhooks',
    endpoint: ({ endpointId }) => `/webhooks/${endpointId}`,
    message: ({ endpointId, deliveryId }) => `/webhooks/${endpointId}/${deliveryId}`,
    audit: () => '/audit',
    billing: () => '/billing',
    sweeps: () => '/sweeps',
    sweep: ({ sweepId }) => `/sweeps/${sweepId}`,
    settings: () => '/settings',
  };

  /** Pages on which a hostile text of somebody outside is shown. */
  const HOSTILE_ON = [
    'billing',
    'tenant-evidence',
    'tenant-backups',
    'tenant-removal',
    'tenant-trail',
    'message',
    'sweeps',
    'sweep',
    'audit',
  ];

  test.each(Object.keys(PAGES))(
    '%s is accessible in both themes, fits a narrow screen, runs no foreign markup and reports no error',
    async (name) => {
      const { page, errors, close } = await console_.open(PAGES[name]!(seeded), { roles: ADMIN });
      await settled(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await keepPicture(page, `console-${name}-${colorScheme}`);
        expect(await axeViolations(page)).toEqual([]);
      }
      if (HOSTILE_ON.includes(name)) expect(await page.locator('main').innerText()).toContain(HOSTILE);
      await page.setViewportSize({ width: 360, height: 800 });
      await keepPicture(page, `console-${name}-narrow`);
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      expect(await page.title()).not.toContain('owned');
      expect(errors).toEqual([]);
      await close();
    },
    60_000,
  );

  test.each<[Role[], string[]]>([
    [['tenants:read'], ['Now', 'Operations', 'Tenants', 'Approvals', 'Templates', 'Metrics', 'Audit', 'Settings']],
    [['approvals:decide'], ['Now', 'Operations', 'Approvals', 'Templates', 'Metrics', 'Settings']],
    [['webhooks:manage'], ['Templates', 'Webhooks', 'Settings']],
    [['api-keys:verify'], ['Templates', 'Settings']],
  ])('%j has the navigation of its roles', async (roles, labels) => {
    const { page, close } = await console_.open('/settings', { roles, name: roles[0]!.replace(':', '-') });
    await settled(page);
    expect(await page.locator('#navigation a').allInnerTexts()).toEqual(labels);
    await close();
  });

  test('a page that the roles do not include says which it needs, and reads nothing', async () => {
    const { page, errors, close } = await console_.open('/sweeps', { roles: ['tenants:read'], name: 'viewer' });
    await page.getByText('It needs one of operations:operate').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('a viewer is offered no verb on a tenant, and each role only its own', async () => {
    const offered = async (roles: Role[]): Promise<string[]> => {
      const name = roles.join('-').replaceAll(':', '-');
      const { page, close } = await console_.open(`/tenants/${seeded.tenantId}`, { roles, name });
      await settled(page);
      const labels = await page.locator('.page-header .actions button').allInnerTexts();
      await close();
      return labels;
    };
    expect(await offered(['tenants:read'])).toEqual([]);
    expect(await offered(['tenants:suspend'])).toEqual(['Suspend']);
    expect(await offered(['tenants:deprovision'])).toEqual(['Deprovision']);
    expect(await offered(['legal-hold:manage'])).toEqual(['Change legal hold', 'Lift legal hold']);
  });

  test('filters of tenants are in the address, and survive a reload', async () => {
    const { page, close } = await console_.open('/tenants', { roles: ['tenants:read'] });
    await settled(page);
    await page.getByLabel('State').selectOption('active');
    await page.getByLabel('Name begins with').fill(seeded.tenantName);
    await page.waitForURL(/state=active/);
    await page.waitForURL(new RegExp(`name=${seeded.tenantName}`));
    const rows = page.locator('table[aria-label=Tenants] tbody tr');
    await rows.nth(1).waitFor({ state: 'detached' });
    await page.reload();
    await settled(page);
    expect(await page.getByLabel('State').inputValue()).toBe('active');
    expect(await rows.count()).toBe(1);
    await page.getByRole('link', { name: seeded.tenantName }).click();
    await page.getByRole('heading', { level: 1, name: seeded.tenantName }).waitFor();
    await close();
  });

  test('the palette finds a tenant by the beginning of its name, also one that is gone', async () => {
    const { page, close } = await console_.open('/', { roles: ['tenants:read'] });
    await settled(page);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('past-5');
    await page.getByRole('menuitem', { name: 'Tenant past-5 (gone)' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'past-5' }).waitFor();
    await close();
  });

  test('a sweep that has met problems is not simply done, and leads to them', async () => {
    const { page, close } = await console_.open('/sweeps', { roles: ['operations:operate'], name: 'operator' });
    await page.getByRole('link', { name: 'done, but 1 problem' }).click();
    await page.getByRole('region', { name: 'Could not be checked or done' }).waitFor();
    await close();
  });

  test('a list that a filter has emptied says so', async () => {
    const { page, close } = await console_.open('/operations?name=nothing-begins-so', { roles: ['tenants:read'] });
    await page.getByText('Clear a filter to see more.').waitFor();
    await close();
  });

  test('a secret that is rotated is shown once, until it is stored', async () => {
    const { page, close } = await console_.open(`/webhooks/${seeded.endpointId}`, { roles: ADMIN });
    await page.getByRole('heading', { name: ENDPOINT_URL }).waitFor();
    await page.getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click();
    const secret = await page.locator('.one-time code').innerText();
    expect(secret).toMatch(/^whsec_/);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    expect(await page.locator('main').innerText()).not.toContain(secret);
    await close();
  });

  test('an audit finding is accepted with a reason, which the trail keeps', async () => {
    const { page, close } = await console_.open('/audit', { roles: ['operations:operate'], name: 'operator' });
    await page.getByRole('button', { name: 'Accept' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Restored from the backup of 12:00.');
    await dialog.getByRole('button', { name: 'Accept' }).click();
    // The chain was never exported, so the API refuses, in words.
    await dialog.getByText('No export of heads has checked this trail').waitFor();
    await close();
  });

  test('a finding in billing waits on the first page until it is resolved with a reason, which the list keeps', async () => {
    const { page, close } = await console_.open('/', { roles: ['operations:operate'], name: 'operator' });
    const waiting = page.getByRole('heading', { name: /^Billing 1$/ });
    await waiting.waitFor();
    await page
      .getByRole('link', { name: `Tenant ${seeded.tenantId}` })
      .last()
      .click();
    await page.waitForURL(new RegExp(`/billing\\?tenantId=${seeded.tenantId}`));
    const findings = page.getByRole('table', { name: 'Findings in billing' });
    await findings.getByText('Reconcile the tenant to change them back').waitFor();
    await page.getByRole('button', { name: 'Resolve' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Agreed until the end of the year.');
    await dialog.getByRole('button', { name: 'Resolve' }).click();
    await page.getByText('Nothing in billing needs a person').waitFor();
    await page.getByLabel('Findings shown').selectOption('resolved');
    await findings.getByText('by token:operator: Agreed until the end of the year.').waitFor();
    await page.getByRole('link', { name: 'Now' }).click();
    await page
      .getByRole('region', { name: 'Needs a person' })
      .getByRole('heading', { name: /^Audit findings/ })
      .waitFor();
    await waiting.waitFor({ state: 'detached' });
    await close();
  });

  test('the problem of a refused verb is shown in its dialog, which stays open', async () => {
    const { page, close } = await console_.open('/sweeps', { roles: ['operations:operate'], name: 'operator' });
    console_.api.runs.sweepAnswer = 'exists';
    await page.getByRole('button', { name: 'Sweep now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sweep now' }).click();
    await page.getByRole('dialog').getByText('A requested sweep is under way').waitFor();
    console_.api.runs.sweepAnswer = 'started';
    await page.getByRole('dialog').getByRole('button', { name: 'Sweep now' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(console_.api.runs.sweeps.at(-1)).toMatchObject({ requestedBy: 'token:operator', dryRun: true });
    await close();
  });

  test('suspending a tenant asks why, says what happens, and leads to the operation', async () => {
    const { page, close } = await console_.open(`/tenants/${seeded.tenantId}`, {
      roles: ['tenants:suspend'],
      name: 'billing',
    });
    await page.getByRole('button', { name: 'Suspend' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Logins are refused and sessions ended').waitFor();
    await keepPicture(page, 'console-suspend-dialog');
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByLabel('Why').selectOption('non_payment');
    await dialog.getByRole('button', { name: 'Suspend' }).click();
    await page.waitForURL(/\/operations\/op_/);
    expect(console_.api.runs.started.at(-1)).toMatchObject({ kind: 'suspend', tenantId: seeded.tenantId });
    await close();
  });
});
