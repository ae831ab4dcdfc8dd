import type { TestProduct } from '../product';

/** Invoices of a tenant over more than nothing that Stripe has been paid for. */
export async function paidInvoices({ endpoints }: TestProduct, tenantId: string): Promise<number> {
  const objects = async <T>(type: string): Promise<T[]> =>
    (await fetch(`${endpoints.stripe!.url}/_test/objects/${type}`)).json() as Promise<T[]>;
  const customers = await objects<{ id: string; metadata: { tenantId?: string } }>('customer');
  const own = customers.filter(({ metadata }) => metadata.tenantId === tenantId).map(({ id }) => id);
  const invoices = await objects<{ customer: string; amount_paid: number }>('invoice');
  return invoices.filter(({ customer, amount_paid: paid }) => own.includes(customer) && paid > 0).length;
}
