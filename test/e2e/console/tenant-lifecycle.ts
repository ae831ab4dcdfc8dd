import type { Page } from 'playwright-core';
import type { StaffMember } from '../../../stack/staff';
import { keepPicture } from '../../helpers/browser/console';
import type { Started } from './started';

/** Tests of a tenant's life through the console. They share the product of another suite, because a product takes long to start. */
export function tenantLifecycle(started: () => Started): void {
  const openTenant = (as: StaffMember, part = ''): Promise<Page> => {
    const { web, runs } = started();
    return web.open(`/tenants/${runs.active.tenantId}${part}`, { as });
  };

  /** The operation to which a verb has led, once it has ended. */
  async function endOf(page: Page): Promise<string> {
    await page.waitForURL(/\/operations\/op_\w+$/);
    const operationId = page.url().split('/').at(-1)!;
    return (await started().product.untilEnded(operationId)).status;
  }

  test('a tenant is suspended and resumed, each with its consequences said', async () => {
    const page = await openTenant('operator');
    await page.getByRole('button', { name: 'Suspend' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Logins are refused and sessions ended').waitFor();
    await dialog.getByLabel('Why').selectOption('non_payment');
    await dialog.getByRole('button', { name: 'Suspend' }).click();
    expect(await endOf(page)).toBe('completed');
    await page.context().close();

    const again = await openTenant('operator');
    await again.getByText('suspended: non payment').waitFor();
    await keepPicture(again, 'console-tenant-suspended');
    await again.getByRole('button', { name: 'Resume' }).click();
    await again.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    expect(await endOf(again)).toBe('completed');
    await again.context().close();
  }, 180_000);

  test('a tenant is removed only once its name is typed, and then its certificate is shown', async () => {
    const page = await openTenant('admin');
    await page.getByRole('button', { name: 'Deprovision' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why').selectOption('customer_request');
    await dialog.getByLabel('Days of grace').fill('0');
    const remove = dialog.getByRole('button', { name: 'Deprovision' });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel(/to confirm/).fill(started().runs.active.order.tenantName);
    await keepPicture(page, 'console-deprovision-dialog');
    await remove.click();
    expect(await endOf(page)).toBe('completed');
    await page.context().close();

    const gone = await openTenant('viewer', '?part=removal');
    await gone.getByText('Left, and accepted').waitFor();
    await gone.getByText(/^rc_/).waitFor();
    expect(await gone.locator('.page-header .actions button').count()).toBe(0);
    await keepPicture(gone, 'console-certificate');
    await gone.context().close();
    expect(started().web.takeErrors()).toEqual([]);
  }, 240_000);
}
