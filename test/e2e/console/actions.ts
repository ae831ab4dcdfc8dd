import type { Page } from 'playwright-core';
import type { StaffMember } from '../../../stack/staff';
import { axeViolations, keepPicture, settled } from '../../helpers/browser/console';
import { newOrder } from '../../helpers/product';
import type { Started } from './started';

const RESOLVES = ['Retry', 'Amend and retry', 'Skip', 'Undo now'];

/** The actions that each person of the local stack is offered: on an active tenant, and on an operation that waits for an operator. */
const ACTIONS: Record<StaffMember, { tenant: string[]; held: string[] }> = {
  viewer: { tenant: [], held: [] },
  approver: { tenant: [], held: [] },
  operator: { tenant: ['Suspend', 'Reconcile'], held: RESOLVES },
  admin: { tenant: ['Suspend', 'Reconcile', 'Legal hold', 'Deprovision'], held: RESOLVES },
};

const HOSTILE = '<img src=x onerror="document.title=1"> & "so" on';

/** Tests of who may do what. They share the product of another suite, because a product takes long to start. */
export function personsActions(started: () => Started): void {
  test.each(Object.keys(ACTIONS) as StaffMember[])(
    'the %s is offered only the actions of their roles',
    async (who) => {
      const { product, web, runs } = started();
      const { tenant, held } = ACTIONS[who];
      const page = await web.open(`/tenants/${runs.active.tenantId}`, { as: who });
      await settled(page);
      expect(await actionsOf(page)).toEqual(tenant);
      await page.goto(`${product.url}/console/operations/${runs.held.operationId}`);
      await settled(page);
      expect((await actionsOf(page)).sort()).toEqual([...held].sort());
      await page.context().close();
    },
    120_000,
  );

  test('the person who ordered cannot approve; another one does, with a comment that is shown as text', async () => {
    const { product, web } = started();
    const own = await web.open('/order', { as: 'admin' });
    const { tenantName } = newOrder();
    await own.getByLabel('Tenant name').fill(tenantName);
    await own.getByLabel('Organization').fill('Quarry & Sons');
    await own.getByLabel('First name').fill('Edith');
    await own.getByLabel('E-mail').fill('edith@quarry.example');
    await own.getByLabel('Payment method').fill('pm_card_visa');
    await own.getByLabel('Storage quota').fill('10');
    await own.getByRole('button', { name: 'Order', exact: true }).click();
    await own.waitForURL('**/console/operations/op_*');
    const operationId = own.url().split('/').at(-1)!;
    const refusal = 'You placed this order: another person with the role approvals:decide has to approve or reject it.';
    await own.getByText(refusal).waitFor({ timeout: 60_000 });
    expect(await actionsOf(own)).toEqual(['Cancel operation']);
    await own.goto(`${product.url}/console/approvals`);
    await own.getByRole('region', { name: tenantName }).getByText(refusal).waitFor();
    expect(await own.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
    // Nor does the API take it from the person's own session.
    const asked = await own.evaluate(
      `fetch('/v1/operations/${operationId}/approval', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-console': '1' },
        body: JSON.stringify({ decision: 'approve' }),
      }).then(async (answer) => [answer.status, (await answer.json()).type])`,
    );
    expect(asked).toEqual([403, `${product.url}/problems/four-eyes`]);
    web.takeErrors(); // The browser reports that refusal.

    const page = await web.open('/approvals', { as: 'approver', theme: 'dark' });
    const request = page.getByRole('region', { name: tenantName });
    await request.getByText('user:admin').waitFor();
    await request.getByRole('row', { name: /Storage quota 5 GB 10 GB yes/ }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await keepPicture(page, 'approvals-dark');
    await request.getByRole('button', { name: 'Approve', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The decision stands and names you.').waitFor();
    await dialog.getByLabel('Comment').fill(HOSTILE);
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await request.waitFor({ state: 'detached' });

    // The person who ordered sees the decision in the other browser.
    await own.goto(`${product.url}/console/operations/${operationId}`);
    await own.getByText(HOSTILE).waitFor();
    expect(await own.title()).not.toBe('1');
    await page.context().close();
    await own.context().close();
    expect(await product.until(operationId, ({ status }) => status === 'active')).toMatchObject({
      requestedBy: 'user:admin',
      approval: { decision: { by: 'user:approver', comment: HOSTILE } },
    });
  }, 180_000);
}

/** The actions that the page offers in its header. */
function actionsOf(page: Page): Promise<string[]> {
  return page.locator('.page-header .actions button').allInnerTexts();
}
