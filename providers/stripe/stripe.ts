import type { Check } from '../port/check';
import type { Classify } from '../port/failures';
import type { ResourceKind } from '../port/kind';
import { activateSubscription, type Activation, type BillingState } from './subscription/activation';
import { listCustomers, listSubscriptions, type ListedCustomer, type ListedSubscription } from './account';
import { prepareCatalog, type BillingCycle, type PlanBilling } from './catalog';
import { classifyStripe } from './classify';
import { createClient } from './client';
import { customerKind, type CustomerSpec } from './customer';
import { previewFirstInvoice, type InvoiceAmount } from './payments/first-invoice';
import { listInvoiceNames, listInvoicePage, listInvoices, type InvoiceName } from './payments/invoices';
import { checkPaymentMethod, type PaymentMethodCheck } from './payments/payment-method';
import {
  oldestUnpaid,
  readDispute,
  readInvoice,
  type DisputeState,
  type InvoiceState,
  type UnpaidInvoice,
} from './payments/payments';
import { cancelMeterEvent, sendMeterEvent, type MeterEvent } from './meter-events';
import type { StripeSettings } from './settings';
import { taxIdChecks } from './tax-ids';
import { subscriptionProblems } from './subscription/subscription-state';
import type { BillingProblem } from '../../contract/billing/problems';
import type { InvoicePage } from '../../contract/billing/invoices';
import { subscriptionKind, type SubscriptionSpec } from './subscription/subscription';

/** The billing provider. Each tenant gets an account, and a subscription that charges only after the pivot. */
export interface Billing {
  customer: ResourceKind<CustomerSpec>;
  subscription: ResourceKind<SubscriptionSpec>;
  /** The two kinds above in the order they are made; region `global`. */
  kinds: ResourceKind[];
  classify: Classify;
  /** Resolves if Stripe accepts our key; throws the client's error otherwise. */
  ping(signal: AbortSignal): Promise<void>;
  /**
   * Creates the plans' products, prices and meters. Run it before the first tenant; it may be repeated, also by several workers at once.
   */
  prepareBilling(plans: readonly PlanBilling[], signal?: AbortSignal): Promise<void>;
  /** What the first invoice of a plan comes to; see `first-invoice.ts`. */
  previewFirstInvoice(plan: PlanBilling, cycle: BillingCycle, signal: AbortSignal): Promise<InvoiceAmount>;
  /** Checks the order's payment method with its bank, attaches it and returns the attached method's id. See `payment-method.ts`. */
  checkPaymentMethod(check: PaymentMethodCheck): Promise<string>;
  /** Ends the trial after the pivot. A declined charge is a result, not an error. See `activation.ts`. */
  activateSubscription(activation: Activation): Promise<BillingState>;
  /** Whether an account has the tax ids of an order; see `tax-ids.ts`. */
  taxIdChecks(asked: Parameters<typeof taxIdChecks>[1]): Promise<Check[]>;
  /** The invoices of an account, also of a deleted one; see `invoices.ts`. */
  listInvoiceNames(customer: string, signal: AbortSignal): Promise<InvoiceName[]>;
  /** All invoices of a tenant's billing account, as Stripe has them. */
  listInvoices(account: { customerId: string; tenantId: string; signal: AbortSignal }): Promise<object[]>;
  /** A page of an account's invoices, newest first; see `invoices.ts`. */
  listInvoicePage(asked: Parameters<typeof listInvoicePage>[1]): Promise<InvoicePage>;
  /** An invoice as it is now, see `payments.ts`. */
  readInvoice(id: string, signal: AbortSignal): Promise<InvoiceState | undefined>;
  /** A dispute as it is now, see `payments.ts`. */
  readDispute(id: string, signal: AbortSignal): Promise<DisputeState | undefined>;
  /** The oldest invoice of an account that could not be collected; see `payments.ts`. */
  oldestUnpaid(customer: string, signal: AbortSignal): Promise<UnpaidInvoice | undefined>;
  /** What operators should look at in a tenant's subscription; see `subscription-state.ts`. */
  subscriptionProblems(asked: Parameters<typeof subscriptionProblems>[1]): Promise<BillingProblem[]>;
  /** All customers that this product has made; see `account.ts`. */
  listCustomers(signal: AbortSignal): AsyncIterable<ListedCustomer>;
  /** All subscriptions that are not cancelled, also those of others; see `account.ts`. */
  listSubscriptions(asked: { now: Date; signal: AbortSignal }): AsyncIterable<ListedSubscription>;
  /** Sends usage once for each identifier; see `meter-events.ts`. */
  sendMeterEvent(event: MeterEvent): Promise<void>;
  /** Takes usage back that was sent lately. False if it was sent too long ago. */
  cancelMeterEvent(event: Pick<MeterEvent, 'identifier' | 'eventName' | 'signal'>): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Connects to Stripe through its official SDK. Sends nothing before the first call and retries nothing. Throws for a key that must not be
 * used.
 */
export function createBilling(settings: StripeSettings): Billing {
  const { stripe, close } = createClient(settings);
  const customer = customerKind(stripe);
  const subscription = subscriptionKind(stripe);
  return {
    customer,
    subscription,
    kinds: [customer, subscription],
    classify: classifyStripe,
    ping: async (signal) => {
      signal.throwIfAborted();
      await stripe.accounts.retrieveCurrent();
    },
    prepareBilling: (plans, signal = AbortSignal.timeout(120_000)) => prepareCatalog(stripe, plans, signal),
    previewFirstInvoice: (plan, cycle, signal) => previewFirstInvoice(stripe, plan, cycle, signal),
    checkPaymentMethod: (check) => checkPaymentMethod(stripe, check),
    activateSubscription: (activation) => activateSubscription(stripe, activation),
    listInvoiceNames: (customer, signal) => listInvoiceNames(stripe, customer, signal),
    listInvoices: (account) => listInvoices(stripe, account),
    listInvoicePage: (asked) => listInvoicePage(stripe, asked),
    readInvoice: (id, signal) => readInvoice(stripe, id, signal),
    readDispute: (id, signal) => readDispute(stripe, id, signal),
    oldestUnpaid: (customer, signal) => oldestUnpaid(stripe, customer, signal),
    subscriptionProblems: (asked) => subscriptionProblems(stripe, asked),
    listCustomers: (signal) => listCustomers(stripe, signal),
    listSubscriptions: (asked) => listSubscriptions(stripe, asked),
    taxIdChecks: (asked) => taxIdChecks(stripe, asked),
    sendMeterEvent: (event) => sendMeterEvent(stripe, event),
    cancelMeterEvent: (event) => cancelMeterEvent(stripe, event),
    close: () => Promise.resolve(close()),
  };
}
