import { maybeOne, type Queryable } from '../database';

/** What the ledger says of a tenant's billing. */
export interface BillingAccount {
  customerId: string;
  subscriptionId: string | null;
  /** What the subscription was made with. */
  pricing: {
    /** Lookup keys of its prices. */
    prices: string[];
    /** How often those are charged that are not metered. */
    quantity: number;
  };
}

/** SQL of `pricing`, from the ledger row of a subscription. */
export const PRICING = `jsonb_build_object('prices', coalesce(subscription.facts -> 'prices', '[]'),
  'quantity', coalesce(subscription.facts -> 'quantity', '1'))`;

/** The billing account of a tenant; undefined once it is to be removed, when changes of it are this product's own. */
export async function findBillingAccount(db: Queryable, tenantId: string): Promise<BillingAccount | undefined> {
  return maybeOne<BillingAccount>(
    db,
    `select account.external_id as "customerId", subscription.external_id as "subscriptionId",
       ${PRICING} as pricing
     from resource as account
       left join resource as subscription on subscription.tenant_id = account.tenant_id
         and subscription.kind = 'billing-subscription' and subscription.state in ('present', 'changing')
     where account.tenant_id = $1 and account.kind = 'billing-customer' and account.state in ('present', 'changing')`,
    [tenantId],
  );
}
