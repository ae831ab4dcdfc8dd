import { cardOf, type Decline } from '../state/cards';
import { newId } from '../state/ids';
import type { Charge, Invoice, PaymentMethod, Refund } from '../state/objects';
import type { Transaction } from '../state/transaction';

const NO_METHOD: Decline = {
  code: 'missing',
  message: 'There is no default payment method set on this Customer or Subscription.',
};

/** The payment method for an invoice: the subscription's, or else the customer's default, or else undefined. */
export function methodFor(tx: Transaction, customer: string, ofSubscription: string | null): PaymentMethod | undefined {
  const id = ofSubscription ?? tx.get('customer', customer)?.invoice_settings.default_payment_method;
  return typeof id === 'string' ? tx.get('payment_method', id) : undefined;
}

/**
 * Tries to charge an invoice's amount off session, and creates payment intent, charge and balance transaction as Stripe does. The invoice
 * is changed in place and stored. Returns the reason for a decline, or undefined if the invoice is paid.
 */
export function pay(tx: Transaction, invoice: Invoice, method: PaymentMethod | undefined): Decline | undefined {
  invoice.attempted = true;
  if (invoice.amount_due === 0) return void settle(tx, invoice);
  invoice.attempt_count += 1;
  const decline = method === undefined ? NO_METHOD : cardOf(method).onCharge;
  const intent = newId('pi');
  if (method !== undefined) charge(tx, invoice, method, intent, decline);
  if (decline === undefined) settle(tx, invoice);
  else tx.put({ ...invoice, next_payment_attempt: tx.now + 3 * 86_400 });
  tx.put({
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: decline === undefined ? invoice.amount_due : null,
    amount_requested: invoice.amount_due,
    created: tx.now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent' as const, ...(method === undefined ? {} : { payment_intent: intent }) },
    status: decline === undefined ? 'paid' : 'open',
    status_transitions: { canceled_at: null, paid_at: decline === undefined ? tx.now : null },
  });
  return decline;
}

function settle(tx: Transaction, invoice: Invoice): void {
  invoice.status = 'paid';
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.status_transitions.paid_at = tx.now;
  tx.put(Object.assign(invoice, { next_payment_attempt: null }));
}

function charge(
  tx: Transaction,
  invoice: Invoice,
  method: PaymentMethod,
  intent: string,
  decline: Decline | undefined,
): void {
  const paid = decline === undefined;
  const { amount_due: amount, currency, customer } = invoice;
  const transaction = newId('txn');
  const made: Charge = {
    id: newId('ch'),
    object: 'charge',
    amount,
    amount_captured: paid ? amount : 0,
    amount_refunded: 0,
    balance_transaction: paid ? transaction : null,
    billing_details: method['billing_details'],
    captured: paid,
    created: tx.now,
    currency,
    customer,
    description: 'Subscription payment',
    disputed: paid && cardOf(method).disputed === true,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    livemode: false,
    metadata: {},
    outcome: {
      network_status: paid ? 'approved_by_network' : 'declined_by_network',
      reason: decline?.decline_code ?? null,
      seller_message: paid ? 'Payment complete.' : 'The bank did not return any further details with this decline.',
      type: paid ? 'authorized' : 'issuer_declined',
    },
    paid,
    payment_intent: intent,
    payment_method: method.id,
    refunded: false,
    status: paid ? 'succeeded' : 'failed',
  };
  tx.put(made);
  tx.put(paymentIntent(tx, made, method, decline));
  if (paid) tx.put(balanceTransaction(tx, made, transaction));
  if (made['disputed'] === true) tx.put(dispute(tx, made));
  const tenant = invoice.parent?.subscription_details['metadata'];
  tx.noteMoney(paid ? 'charged' : 'declined', { ...made, metadata: tenant }, { amount, currency });
}

function paymentIntent(tx: Transaction, made: Charge, method: PaymentMethod, decline: Decline | undefined) {
  const id = made.payment_intent;
  return {
    id,
    object: 'payment_intent' as const,
    amount: made.amount,
    amount_capturable: 0,
    amount_received: decline === undefined ? made.amount : 0,
    allowed_payment_method_types: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${newId('').slice(1)}`,
    confirmation_method: 'automatic',
    created: tx.now,
    currency: made.currency,
    customer: made.customer,
    description: 'Subscription payment',
    last_payment_error:
      decline === undefined ? null : { ...decline, charge: made.id, payment_method: method, type: 'card_error' },
    latest_charge: made.id,
    livemode: false,
    metadata: {},
    next_action: null,
    payment_method: decline === undefined ? method.id : null,
    payment_method_types: ['card'],
    setup_future_usage: null,
    status: decline === undefined ? ('succeeded' as const) : ('requires_payment_method' as const),
  };
}

/** What a charge adds to the account’s balance, or what a refund takes from it. */
export function balanceTransaction(
  tx: Transaction,
  { id: source, object, amount, currency }: Charge | Refund,
  id: string,
) {
  const moved = object === 'refund' ? -amount : amount;
  return {
    id,
    object: 'balance_transaction' as const,
    amount: moved,
    available_on: tx.now + 2 * 86_400,
    balance_type: 'payments',
    created: tx.now,
    currency,
    description: 'Subscription payment',
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: moved,
    reporting_category: object,
    source,
    status: 'pending',
    type: object,
  };
}

function dispute(tx: Transaction, { id: charge, amount, currency, payment_intent }: Charge) {
  const enhanced_eligibility = {};
  return {
    id: newId('dp'),
    object: 'dispute' as const,
    amount,
    balance_transactions: [],
    charge,
    created: tx.now,
    currency,
    enhanced_eligibility_types: [],
    evidence: { enhanced_evidence: {} },
    evidence_details: {
      due_by: tx.now + 7 * 86_400,
      enhanced_eligibility,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent,
    reason: 'fraudulent',
    status: 'needs_response' as const,
  };
}
