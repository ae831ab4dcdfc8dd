import type { Page } from 'playwright-core';
import { dashName } from '../../../contract/ids';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { hasBrowser } from '../../helpers/browser/browser';
import {
  axeViolations,
  keepPicture,
  overflowOf,
  startConsole,
  type ConsoleBrowser,
} from '../../helpers/browser/console';
import { newOrder, plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { startFaultProxy, type FaultProxy } from '../../helpers/providers/fault-proxy';
import { stackEndpoints } from '../../stack';
import { personsActions } from './actions';
import type { Started } from './started';
import { tenantLifecycle } from './tenant-lifecycle';

const DECLINED = { paymentMethod: 'pm_card_chargeDeclined' };
const HOLDS = { ...plan('professional'), ...DECLINED, recovery: { onPermanentFailure: 'hold' as const } };
const HOSTILE = '<img src=x onerror="document.title=1"> & "so" on';

const suite = hasBrowser() ? describe : describe.skip;
if (!hasBrowser()) test.todo('the console in a browser: not run, this machine has no Chromium');

suite('the console', () => {
  let product: TestProduct;
  let s3: FaultProxy;
  let web: ConsoleBrowser;
  const runs = {} as Started['runs'];

  beforeAll(async () => {
    const { 'eu-central': store, ...otherStores } = stackEndpoints('s3').s3!;
    s3 = await startFaultProxy(store!.endpoint);
    product = await startTestProduct({
      via: { s3: { ...otherStores, 'eu-central': { ...store!, endpoint: s3.url } } },
    });
    // Its undo gives up soon, so that leftovers appear quickly.
    const hasty = await product.anotherApi({ COMPENSATION_SECONDS: '8' });
    const order = newOrder(HOLDS);
    const { body } = await product.call('signup', 'POST', `${hasty.url}/v1/tenants`, order);
    runs.left = { ...(body as Ordered), order };
    runs.held = await product.order(HOLDS);
    runs.active = await product.order();
    [web] = await Promise.all([
      startConsole(product),
      until(runs.left, 'on_hold'),
      until(runs.held, 'on_hold'),
      until(runs.active, 'active'),
    ]);
    await hasty.stop();
    const path = new RegExp(`^/${dashName(runs.left.tenantId)}/?(\\?|$)`);
    s3.add({ method: 'DELETE', path, does: 403 });
    const verb = { verb: 'compensate' };
    await product.call('operator', 'POST', `/v1/operations/${runs.left.operationId}/resolution`, verb);
  }, 240_000);
  afterAll(async () => {
    await web?.close();
    await product?.stop();
    await s3?.close();
  }, 120_000);
  afterEach(() => expect(web.takeErrors()).toEqual([]));

  const started = (): Started => ({ product, web, runs });
  personsActions(started);
  tenantLifecycle(started);

  const at = ({ operationId }: { operationId: string }): string => `/operations/${operationId}`;
  const until = (run: { operationId: string }, status: Operation['status']): Promise<Operation> =>
    product.until(run.operationId, (operation) => operation.status === status);

  test('an order is previewed while it is typed, then followed live until the tenant is active', async () => {
    const { tenantName } = newOrder();
    const page = await web.open('/order', { as: 'admin' });
    await page.getByLabel('Tenant name').fill('No');
    await page.getByText('Must be 3 to 40 characters').first().waitFor();
    await page.getByLabel('Tenant name').fill(tenantName);
    await page.getByLabel('Organization').fill(HOSTILE);
    await page.getByLabel('First name').fill('Edith');
    await page.getByLabel('E-mail').fill('edith@quarry.example');
    await page.getByLabel('Payment method').fill('pm_card_visa');
    await page.getByText('Can be ordered').waitFor();
    await page.getByText('€29.00 at activation').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await keepPicture(page, 'order');
    await page.getByRole('button', { name: 'Order', exact: true }).click();
    await page.waitForURL('**/console/operations/op_*');
    const operationId = page.url().split('/').at(-1)!;
    await stepIs(page, 'Validate the order', 'done');
    await page.getByText('Finalize and hand over: done').waitFor({ timeout: 60_000 });
    await headState(page, 'active');
    for (const { label } of (await product.operation(operationId)).steps) await stepIs(page, label, 'done');
    await page.getByRole('table', { name: 'Resources' }).getByText('Subscription', { exact: true }).waitFor();
    expect(await product.operation(operationId)).toMatchObject({ status: 'active', tenantName });
    await keepPicture(page, 'operation-active');
    await page.context().close();
  }, 120_000);

  test('a declined card is explained, and the undo is seen running back', async () => {
    const run = await product.order({ ...plan('starter'), ...DECLINED });
    const page = await web.open(at(run), { as: 'operator' });
    await page.getByText('Set up billing and integrations: compensat').first().waitFor({ timeout: 60_000 });
    await page.getByText('The payment method was not accepted.').first().waitFor();
    await page.getByText('Order again with another payment method.').waitFor();
    await headState(page, 'failed');
    await stepIs(page, 'Reserve name, keys and capacity', 'compensated');
    expect(await page.locator('.gantt-span[data-what="undoing"]').count()).toBeGreaterThan(4);
    await keepPicture(page, 'operation-undone');
    expect(await axeViolations(page)).toEqual([]);
    await page.context().close();
    expect(await product.providers.traces(run.tenantId)).toEqual([]);
  }, 120_000);

  test('a run on hold goes on with an amended card', async () => {
    const page = await web.open(at(runs.held), { as: 'operator' });
    await page.getByText('unless an operator decides').waitFor();
    await keepPicture(page, 'operation-on-hold');
    await page.getByRole('button', { name: 'Amend and retry' }).click();
    const dialog = page.getByRole('dialog');
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByLabel('New value').fill('not a payment method');
    await dialog.getByRole('button', { name: 'Amend and retry' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await product.operation(runs.held.operationId)).toMatchObject({ status: 'on_hold' });
    await dialog.getByLabel('New value').fill('pm_card_visa');
    await dialog.getByRole('button', { name: 'Amend and retry' }).click();
    await dialog.waitFor({ state: 'detached' });
    await headState(page, 'active');
    await page.context().close();
    web.takeErrors(); // The browser reports the refusal of the wrong value.
    expect(await product.operation(runs.held.operationId)).toMatchObject({
      status: 'active',
      resolutions: [{ verb: 'amend', by: 'user:operator' }],
    });
  }, 120_000);

  test('leftovers are listed with their last error, and accepted with a reason', async () => {
    const page = await web.open('/', { as: 'operator' });
    await page.getByRole('heading', { name: /Left over/ }).waitFor({ timeout: 60_000 });
    await keepPicture(page, 'now-with-leftovers');
    await page
      .getByRole('link', { name: `Provision ${runs.left.order.tenantName}` })
      .first()
      .click();
    await page.getByRole('table', { name: 'Leftovers' }).getByText(dashName(runs.left.tenantId)).waitFor();
    await page.getByRole('button', { name: 'Accept leftovers' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('You take over removing the chosen resources by hand').waitFor();
    await dialog.getByLabel('Reason').fill('Ticket 4711.');
    await dialog.getByRole('button', { name: 'Accept leftovers' }).click();
    await dialog.waitFor({ state: 'detached' });
    await headState(page, 'failed');
    await page.context().close();
    expect(await product.operation(runs.left.operationId)).toMatchObject({
      status: 'failed',
      leftovers: [],
      resolutions: [{ verb: 'compensate' }, { verb: 'accept', reason: 'Ticket 4711.', by: 'user:operator' }],
    });
  }, 120_000);

  test('a page survives a dead API: it says so, and goes on without a reload once the API is back', async () => {
    const page = await web.open('/operations', { as: 'operator' });
    await page.getByRole('table', { name: 'Operations' }).waitFor();
    await page.evaluate('globalThis.isSamePage = true');
    await product.kill('api');
    await page.getByText('Reconnecting…').waitFor({ timeout: 60_000 });
    await product.restart('api');
    await page.getByText('Reconnecting…').waitFor({ state: 'detached', timeout: 60_000 });
    const run = await product.order();
    await page.getByRole('link', { name: `Provision ${run.order.tenantName}` }).waitFor();
    await page.getByRole('row', { name: new RegExp(`${run.order.tenantName} active`) }).waitFor({ timeout: 60_000 });
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
    await page.context().close();
    // The browser reports each request that found no API.
    expect(web.takeErrors().every((error) => /ERR_|Failed to fetch/.test(error))).toBe(true);
  }, 150_000);

  test('the palette leads to pages and ids by keyboard alone, and the focus moves to the new page', async () => {
    const page = await web.open('/', { as: 'operator' });
    await page.getByRole('heading', { name: 'Now', level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('oper');
    await page.getByRole('menuitem', { name: 'Operations' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/operations');
    await page.keyboard.press('Control+k');
    await page.keyboard.type(runs.held.operationId);
    await page.getByRole('menuitem', { name: 'Open operation' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${at(runs.held)}`);
    await page.locator('main:focus').waitFor();
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)(
    'pages have no axe violation in the %s theme and fit 360 pixels',
    async (theme) => {
      for (const [below, ready] of [
        ['/', 'Ended last'],
        ['/operations', 'Operations'],
        [at(runs.held), 'Resources'],
        ['/approvals', 'Approvals'],
        ['/nowhere', 'There is no such page'],
      ] as const) {
        const page = await web.open(below, { as: 'operator', theme, width: 360 });
        await page.locator('main').getByText(ready).first().waitFor();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        expect({ below, violations: await axeViolations(page) }).toEqual({ below, violations: [] });
        expect({ below, overflow: await overflowOf(page) }).toEqual({ below, overflow: 0 });
        await keepPicture(page, `narrow-${theme}${below.replaceAll('/', '-')}`);
        await page.context().close();
      }
    },
    120_000,
  );
});

function stepIs(page: Page, label: string, state: string): Promise<void> {
  return page.locator('.gantt-row', { hasText: label }).getByText(state, { exact: true }).waitFor({ timeout: 60_000 });
}

function headState(page: Page, state: string): Promise<void> {
  return page.locator('.page-header').getByText(state, { exact: true }).waitFor({ timeout: 60_000 });
}
