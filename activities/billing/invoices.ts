import { toFailure } from '../../providers/port/failures';
import { findBillingAccount } from '../../registry/billing/accounts';
import type { Dependencies } from '../dependencies';
import type { InvoiceActivities } from './interface';

/** Reads invoices from the billing provider. Only the worker has its key. */
export function createInvoices({
  billing,
  pool,
  signal,
}: Pick<Dependencies, 'billing' | 'pool' | 'signal'>): InvoiceActivities {
  return {
    async readInvoices({ tenantId, ...page }) {
      const account = await findBillingAccount(pool, tenantId);
      if (!account) return { items: [] };
      try {
        return await billing.listInvoicePage({ customerId: account.customerId, ...page, signal: signal() });
      } catch (error) {
        throw toFailure(error, `the invoices of tenant ${tenantId}`, billing.classify);
      }
    },
  };
}
