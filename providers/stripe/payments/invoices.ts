import type Stripe from 'stripe';
import { orAbsent, tenantOf } from '../marks';

/**
 * All invoices of a billing account, oldest first, as Stripe has them. They are held in memory. Empty if the account is gone or another
 * tenant's.
 */
export async function listInvoices(
  stripe: Stripe,
  { customerId, tenantId, signal }: { customerId: string; tenantId: string; signal: AbortSignal },
): Promise<Stripe.Invoice[]> {
  signal.throwIfAborted();
  const customer = await orAbsent(stripe.customers.retrieve(customerId));
  if (customer === undefined || customer.deleted || tenantOf(customer.metadata) !== tenantId) return [];
  return invoicesOf(stripe, customerId, signal);
}

/** An invoice by its names only: neither its amount nor anything about the customer. */
export interface InvoiceName {
  id: string;
  /** Its number for people; null for a draft. */
  number: string | null;
}

/** The names of a billing account's invoices, oldest first. Stripe keeps them when the account is deleted. */
export async function listInvoiceNames(
  stripe: Stripe,
  customerId: string,
  signal: AbortSignal,
): Promise<InvoiceName[]> {
  return (await invoicesOf(stripe, customerId, signal)).map(({ id, number }) => ({ id, number }));
}

async function invoicesOf(stripe: Stripe, customer: string, signal: AbortSignal): Promise<Stripe.Invoice[]> {
  const invoices: Stripe.Invoice[] = [];
  signal.throwIfAborted();
  for await (const invoice of stripe.invoices.list({ customer, limit: 100 })) {
    signal.throwIfAborted();
    invoices.push(invoice);
  }
  return invoices.reverse();
}
