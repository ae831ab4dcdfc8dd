import type Stripe from 'stripe';
import type { BillingEnd } from '../../contract/billing/terms';
import { dashName } from '../../contract/ids';
import type { TaxId } from '../../contract/orders/order';
import { fitUnits } from '../../contract/text/text-length';
import type { ResourceContext, ResourceKind } from '../port/kind';
import { creditsUnused, keptOf } from './catalog';
import { payBackCredit, settleInvoices } from './ending';
import { idempotently } from './idempotent';
import { marks, orAbsent, listOurs, since, tenantOf } from './marks';
import { taxIdData, taxIdRefused } from './tax-ids';

/** Longest customer name at Stripe, in characters. */
const LONGEST_NAME = 256;

/** The customer that is billed. */
export interface CustomerSpec {
  organizationName: string;
  /** Address to which Stripe sends invoices. */
  email: string;
  /** Tax ids that its invoices show. */
  taxIds?: readonly TaxId[] | undefined;
  /** What the template says about the end of a tenant. */
  end?: BillingEnd | undefined;
}

/**
 * A tenant's billing account: a Stripe customer, marked as ours in its metadata and created by one atomic call. Deleting it cancels its
 * subscriptions and detaches its payment methods; its invoices stay. Source: https://docs.stripe.com/api/customers.
 */
export function customerKind(stripe: Stripe): ResourceKind<CustomerSpec> {
  return {
    kind: 'billing-customer',
    provider: 'stripe',
    actsOnce: true,
    global: true,
    name: dashName,

    async find(context) {
      const [customer] = await customersOf(stripe, context);
      return customer === undefined ? { state: 'absent' } : { state: 'present', id: customer.id };
    },

    async create(context) {
      const { spec, idempotencyKey, signal, name } = context;
      const [existing] = await customersOf(stripe, context);
      if (existing !== undefined) return { id: existing.id };
      signal.throwIfAborted();
      const params = {
        name: fitUnits(spec.organizationName, LONGEST_NAME),
        email: spec.email,
        description: name,
        metadata: { ...marks(context), ...keptOf({ end: spec.end }) },
        ...taxIdData(spec.taxIds),
      };
      try {
        const { id } = await idempotently(idempotencyKey, (options) => stripe.customers.create(params, options));
        return { id };
      } catch (error) {
        const refused = taxIdRefused(error, context.tenantId);
        if (refused !== undefined) throw refused;
        throw error;
      }
    },

    async remove(context) {
      for (const { id, metadata } of await customersOf(stripe, context)) {
        await settleInvoices(stripe, id, context.signal);
        if (creditsUnused(metadata)) await payBackCredit(stripe, id, context);
        await orAbsent(stripe.customers.del(id));
      }
    },

    list: (_region, signal) => listOurs(stripe.customers.list({ limit: 100 }), signal),
  };
}

/** All customers of this tenant, oldest first: the one whose id is in the ledger, and any created since the ledger row was written. */
async function customersOf(stripe: Stripe, context: ResourceContext<unknown>): Promise<Stripe.Customer[]> {
  const { id, tenantId, signal } = context;
  const found = new Map<string, Stripe.Customer>();
  const add = (customer: Stripe.Customer) => {
    if (tenantOf(customer.metadata) === tenantId) found.set(customer.id, customer);
  };
  signal.throwIfAborted();
  const known = id === undefined ? undefined : await orAbsent(stripe.customers.retrieve(id));
  if (known !== undefined && !known.deleted) add(known);
  for await (const customer of stripe.customers.list(since(context))) {
    signal.throwIfAborted();
    add(customer);
  }
  return [...found.values()].sort((a, b) => a.created - b.created);
}
