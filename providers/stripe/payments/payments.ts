import type Stripe from 'stripe';
import { orAbsent } from '../marks';

/** An invoice as it is now. */
export interface InvoiceState {
  id: string;
  customerId: string | undefined;
  status: Stripe.Invoice.Status | null;
  /** In the smallest unit of the currency; 0 for the invoice of a trial. */
  due: number;
  /** Times that its payment was tried. */
  attempts: number;
}

/** An invoice that could not be collected. */
export interface UnpaidInvoice {
  invoiceId: string;
  /** The payment method's owner must authenticate before it can be charged. */
  actionRequired: boolean;
}

/** An invoice as Stripe has it now; undefined if there is none. */
export async function readInvoice(stripe: Stripe, id: string, signal: AbortSignal): Promise<InvoiceState | undefined> {
  signal.throwIfAborted();
  const invoice = await orAbsent(stripe.invoices.retrieve(id));
  if (invoice === undefined) return undefined;
  const { customer, status, amount_due: due, attempt_count: attempts } = invoice;
  return { id, customerId: idOf(customer), status, due, attempts };
}

/**
 * The oldest invoice of an account that could not be collected: open after an attempt, or given up as uncollectible. A void one counts as
 * settled, because somebody has decided that it need not be paid.
 */
export async function oldestUnpaid(
  stripe: Stripe,
  customer: string,
  signal: AbortSignal,
): Promise<UnpaidInvoice | undefined> {
  let oldest: Stripe.Invoice | undefined;
  for (const status of ['open', 'uncollectible'] as const) {
    for await (const invoice of stripe.invoices.list({ customer, status, limit: 100 })) {
      signal.throwIfAborted();
      const unpaid = invoice.attempt_count > 0 && invoice.amount_remaining > 0;
      if (unpaid && (oldest === undefined || invoice.created < oldest.created)) oldest = invoice;
    }
  }
  if (oldest === undefined) return undefined;
  return { invoiceId: oldest.id, actionRequired: await needsAction(stripe, oldest.id) };
}

/** Whether the newest payment of an invoice waits for the payment method's owner. */
async function needsAction(stripe: Stripe, invoice: string): Promise<boolean> {
  const { data } = await stripe.invoicePayments.list({ invoice, limit: 1 });
  const intent = idOf(data[0]?.payment.payment_intent);
  if (intent === undefined) return false;
  const { status, last_payment_error: error } = await stripe.paymentIntents.retrieve(intent);
  return status === 'requires_action' || error?.decline_code === 'authentication_required';
}

/** A dispute as it is now. */
export interface DisputeState {
  /** The account whose payment is contested. */
  customerId: string | undefined;
  /** Nobody has decided yet. */
  open: boolean;
}

/** A dispute as Stripe has it now, with the account that it is about; undefined if there is none. */
export async function readDispute(stripe: Stripe, id: string, signal: AbortSignal): Promise<DisputeState | undefined> {
  signal.throwIfAborted();
  const dispute = await orAbsent(stripe.disputes.retrieve(id));
  if (dispute === undefined) return undefined;
  const charge = await orAbsent(stripe.charges.retrieve(idOf(dispute.charge)!));
  return { customerId: idOf(charge?.customer), open: !DECIDED.includes(dispute.status) };
}

const DECIDED: readonly Stripe.Dispute.Status[] = ['lost', 'won', 'warning_closed', 'prevented'];

/** The id of an object that Stripe names or expands. */
export function idOf(named: string | { id: string } | null | undefined): string | undefined {
  return typeof named === 'string' ? named : named?.id;
}
