import { proxyActivities } from '@temporalio/workflow';
import type { InvoiceActivities } from '../../activities/billing/interface';
import type { InvoicePage, InvoicesInput } from '../../contract/billing/invoices';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import { between, inputOf, matching, optional, TENANT_ID } from '../operations/received';

/** A caller waits for the answer. */
const { readInvoices } = proxyActivities<InvoiceActivities>({
  taskQueue: TASK_QUEUE,
  summary: 'Read invoices',
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '20s',
  retry: { initialInterval: '500ms', maximumAttempts: 3 },
});

/** Has a page of a tenant's invoices read by a worker, because only workers have the billing provider's key. */
export async function listInvoices(input: InvoicesInput): Promise<InvoicePage> {
  inputOf(input, { tenantId: TENANT_ID, limit: between(1, 100), after: optional(matching(/^in_\w{1,100}$/)) });
  return readInvoices(input);
}
