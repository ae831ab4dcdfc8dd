import type Stripe from 'stripe';
import { INVOICE_STATUSES, type InvoicePage, type InvoiceView } from '../../../contract/billing/invoices';
import { isMissing, orAbsent, tenantOf } from '../marks';

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

/** The page of an account's invoices that begins after this one, newest first. Empty if there is no such invoice. */
export async function listInvoicePage(
  stripe: Stripe,
  { customerId, limit, after, signal }: { customerId: string; limit: number; after?: string; signal: AbortSignal },
): Promise<InvoicePage> {
  signal.throwIfAborted();
  try {
    const { data, has_more: more } = await stripe.invoices.list({
      customer: customerId,
      limit,
      ...(after === undefined ? {} : { starting_after: after }),
    });
    const last = data.at(-1);
    return { items: data.map(viewInvoice), ...(more && last ? { nextCursor: last.id } : {}) };
  } catch (error) {
    if (after !== undefined && isMissingCursor(error)) return { items: [] };
    throw error;
  }
}

/** Whether Stripe does not know the invoice that a page is to begin after. */
function isMissingCursor(error: unknown): boolean {
  return isMissing(error) || (error as { param?: unknown } | null)?.param === 'starting_after';
}

function viewInvoice(invoice: Stripe.Invoice): InvoiceView {
  const { id, number, status, currency, total, due_date: due, hosted_invoice_url: hosted, invoice_pdf: pdf } = invoice;
  return {
    invoiceId: id,
    ...(number === null ? {} : { number }),
    status: INVOICE_STATUSES.find((each) => each === status) ?? 'draft',
    currency,
    total,
    amountDue: invoice.amount_due,
    amountPaid: invoice.amount_paid,
    amountRemaining: invoice.amount_remaining,
    createdAt: timeOf(invoice.created),
    ...(due === null ? {} : { dueAt: timeOf(due) }),
    periodBegins: timeOf(invoice.period_start),
    periodEnds: timeOf(invoice.period_end),
    ...(hosted ? { hostedUrl: hosted } : {}),
    ...(pdf ? { pdfUrl: pdf } : {}),
  };
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
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
