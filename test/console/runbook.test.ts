import type { Page } from 'playwright-core';
import { createEstimates } from '../../api/estimates/estimates';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import { tenantCipher } from '../../registry/keys/tenant-keys';
import { findDecision } from '../../registry/operations/approvals';
import { hasBrowser } from '../helpers/browser/browser';
import { axeViolations, keepPicture, overflowOf, settled } from '../helpers/browser/console';
import { startConsoleHarness, type ConsoleHarness, type Visit } from '../helpers/browser/console-harness/harness';
import { placeOrder, putInState, type Ordered } from '../helpers/tenants/operations';
import { attempted, professional, running } from '../helpers/past-runs';
import { hasPostgres } from '../helpers/registry';

const isPossible = hasPostgres() && hasBrowser();
const suite = isPossible ? describe : describe.skip;
if (!isPossible) test.todo('the runbook in the console: not run, this machine has no PostgreSQL or no Chromium');

/** Solves the runbook's cases as somebody who has only the console. Runs are put where they wait; no worker carries a decision out. */
suite('the console alone says what to do, and lets it be done:', () => {
  let console_: ConsoleHarness;
  let visit: Visit | undefined;

  beforeAll(async () => {
    console_ = await startConsoleHarness();
    const { pool } = console_.api.registry;
    Object.assign(console_.api.dependencies.estimates, createEstimates({ pool, lastPolled: async () => 'never' }));
  }, 240_000);
  afterAll(() => console_?.stop());
  afterEach(() => visit?.close());

  const orderer = () => console_.api.as(['tenants:order']);
  const advice = (page: Page) => page.getByRole('region', { name: 'What to do now' });

  async function open(address: string, role: 'operations:operate' | 'approvals:decide'): Promise<Page> {
    const name = role === 'operations:operate' ? 'operator' : 'approver';
    visit = await console_.open(address, { roles: [role], name });
    // A loaded machine takes long to draw; a hang is told by what a test waits for.
    visit.page.setDefaultTimeout(100_000);
    return visit.page;
  }

  /** Opens the operation from the page “Now”, as a person who has just come. */
  async function openFromNow({ order }: Ordered, role: 'operations:operate' | 'approvals:decide'): Promise<Page> {
    const page = await open('/', role);
    await page
      .getByRole('link', { name: `Provision ${order.tenantName}` })
      .first()
      .click();
    await settled(page);
    return page;
  }

  /** A professional order whose step has failed, so that its run waits for an operator. */
  async function onHold(
    step: 'integrations' | 'configuration',
    failure: { type: string; pointer?: string },
    changes: Partial<TenantProvisioningRequest> = {},
  ): Promise<Ordered> {
    const ordered = await placeOrder(await orderer(), { ...professional(), ...changes });
    await attempted(console_.api, ordered, step, { errorType: failure.type, errorMessage: 'It was refused.' });
    await putInState(console_.api, ordered, 'on_hold', {
      failure: { ...failure, step, message: 'It was refused.' },
      holdUntil: new Date(Date.now() + 3_600_000),
    });
    return ordered;
  }

  async function amended({ operationId, tenantId }: Ordered): Promise<TenantProvisioningRequest> {
    const { pool, keys } = console_.api.registry;
    const { rows } = await pool.query<{ sealed: Buffer }>(
      `select order_ciphertext as sealed from resolution where operation_id = $1`,
      [operationId],
    );
    const cipher = await tenantCipher(pool, keys, tenantId);
    return JSON.parse(cipher.open('order', rows[0]!.sealed)) as TenantProvisioningRequest;
  }

  test('an approver compares the order with its plan and approves it', async () => {
    const ordered = await placeOrder(await orderer(), { customizations: { storageQuotaGb: 20 } });
    await putInState(console_.api, ordered, 'awaiting_approval', { approvalState: 'waiting' });
    const page = await openFromNow(ordered, 'approvals:decide');
    await advice(page).getByText('The order goes beyond its plan').waitFor();
    await page.getByRole('table', { name: 'Differences to the plan' }).getByText('Storage quota').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await keepPicture(page, 'runbook-approval');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const { pool, keys } = console_.api.registry;
    expect(await findDecision(pool, keys, ordered.operationId)).toMatchObject({ decision: 'approve' });
  });

  test('a wrong card is replaced in the order, which is the choice that the page recommends', async () => {
    const failure = { type: 'PaymentMethodDeclined', pointer: '/paymentMethod' };
    const ordered = await onHold('integrations', failure, { paymentMethod: 'pm_card_chargeDeclined' });
    const page = await openFromNow(ordered, 'operations:operate');
    await advice(page).getByText('The failure blames “Payment method”').waitFor();
    await keepPicture(page, 'runbook-hold');
    await page.getByRole('button', { name: 'Amend and retry' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('New value').fill('pm_card_visa');
    await dialog.getByRole('button', { name: 'Amend and retry' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await amended(ordered)).toEqual({ ...ordered.order, paymentMethod: 'pm_card_visa' });
  });

  test('settings are amended as JSON beside another field, and what the API refuses is said at the field', async () => {
    const ordered = await onHold('configuration', { type: 'ProviderRefused' }, { organizationName: 'Harbour Cranes' });
    const page = await openFromNow(ordered, 'operations:operate');
    await page.getByRole('button', { name: 'Amend and retry' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What cannot be changed any more').click();
    await dialog.getByText(/^Fixed when the order was accepted: Tenant name/).waitFor();
    await dialog.getByLabel('Field').selectOption('/configuration/settings');
    const settings = dialog.getByLabel('New value');
    const send = dialog.getByRole('button', { name: 'Amend and retry' });
    await settings.fill('{ "locale": ');
    await dialog.getByText(/^Is not JSON yet/).waitFor();
    await settings.fill('{ "locale": "not a language" }');
    await send.click();
    await dialog.locator('.field-error').getByText('/locale Is not a language tag (BCP 47)').waitFor();
    expect(await settings.getAttribute('aria-invalid')).toBe('true');
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 800 });
    await keepPicture(page, 'runbook-amend-settings');
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 900 });
    await settings.fill('{ "locale": "de-DE" }');
    await dialog.getByRole('button', { name: 'Change another field, too' }).click();
    const second = dialog.getByRole('group').nth(1);
    await second.getByLabel('Field').selectOption('/organizationName');
    await second.getByLabel('New value').fill('Harbour Cranes Ltd.');
    await send.click();
    await dialog.waitFor({ state: 'detached' });
    const { configuration, organizationName } = await amended(ordered);
    expect({ configuration, organizationName }).toEqual({
      configuration: {
        ...ordered.order.configuration,
        settings: expect.objectContaining({ locale: 'de-DE' }) as object,
      },
      organizationName: 'Harbour Cranes Ltd.',
    });
  });

  test('leftovers are named with their usual cause, and a retry follows the repair', async () => {
    const ordered = await placeOrder(await orderer());
    const leftover = { kind: 'bucket', provider: 'versity', region: 'eu-central', id: 'b-1', lastError: '403' };
    await putInState(console_.api, ordered, 'needs_operator', { leftovers: [leftover] });
    const page = await openFromNow(ordered, 'operations:operate');
    await advice(page).getByText('There is no deadline').waitFor();
    await page.getByRole('table', { name: 'Leftovers' }).getByText('Usually it has many objects').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await keepPicture(page, 'runbook-leftovers');
    await page.getByRole('button', { name: 'Retry' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(console_.api.runs.resolutions.at(-1)).toMatchObject({ operationId: ordered.operationId, verb: 'retry' });
  });

  test('a region without a worker is named with its queue and the setting that serves it', async () => {
    const ordered = await running(console_.api, await orderer(), { validate: 9, reserve: 9 });
    const page = await openFromNow(ordered, 'operations:operate');
    await advice(page).getByText('region.eu-central').first().waitFor();
    await advice(page).getByText('WORKER_REGIONS').waitFor();
    await page.locator('.gantt-note').getByText('region.eu-central').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await keepPicture(page, 'runbook-stuck-region');
  });

  test('a removal in its grace period says what follows, and is called off', async () => {
    const ordered = await placeOrder(await orderer());
    await console_.api.registry.pool.query(`update operation set region = 'eu-central' where tenant_id = $1`, [
      ordered.tenantId,
    ]);
    await putInState(console_.api, ordered, 'active');
    const offboarding = await console_.api.as(['tenants:deprovision']);
    const path = `/v1/tenants/${ordered.tenantId}:deprovision`;
    const { operationId } = (await offboarding.post(path, { reason: 'customer_request', graceDays: 30 })).body as {
      operationId: string;
    };
    await putInState(console_.api, { operationId }, 'grace');
    const page = await open(`/operations/${operationId}`, 'operations:operate');
    await advice(page).getByText('nothing of it is deleted yet').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await keepPicture(page, 'runbook-grace');
    await page.getByRole('button', { name: 'Cancel operation' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('the tenant is open again as it was before').waitFor();
    await dialog.getByRole('button', { name: 'Cancel the operation' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(console_.api.runs.cancels).toEqual([{ operationId, requestedBy: 'token:operator' }]);
  });
});
