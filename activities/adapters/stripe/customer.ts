import type Stripe from 'stripe';
import { dashName } from '../../../contract/ids';
import { fitUnits } from '../../../contract/text-length';
import type { ResourceContext, ResourceKind } from '../../kind';
import { idempotently } from './idempotent';
import { marks, orAbsent, ours, since, tenantOf } from './marks';

/** Characters of a customer's name at Stripe. */
const LONGEST_NAME = 256;

/** Who is billed. */
export interface CustomerSpec {
  organizationName: string;
  /** Where Stripe sends invoices. */
  email: string;
}

/**
 * A tenant's billing account: a customer, ours by metadata, made by one atomic call. Removing it cancels its subscriptions and frees its
 * payment methods. Source: https://docs.stripe.com/api/customers.
 */
export function customerKind(stripe: Stripe): ResourceKind<CustomerSpec> {
  return {
    kind: 'billing-customer',
    provider: 'stripe',
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
        metadata: marks(context),
      };
      const { id } = await idempotently(idempotencyKey, (options) => stripe.customers.create(params, options));
      return { id };
    },

    async remove(context) {
      for (const { id } of await customersOf(stripe, context)) await orAbsent(stripe.customers.del(id));
    },

    list: (_region, signal) => ours(stripe.customers.list({ limit: 100 }), signal),
  };
}

/** Every customer of this tenant, oldest first: by id where the ledger knows it, and whatever was made since the row was written. */
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
