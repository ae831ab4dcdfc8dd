import { maybeOne, type Queryable } from '../database';

/** What the ledger says of a tenant's billing. */
export interface BillingAccount {
  customerId: string;
  subscriptionId: string | null;
  /** Lookup keys of the prices that the subscription was made with. */
  prices: string[];
}

/** The billing account of a tenant; undefined once it is to be removed, when changes of it are this product's own. */
export async function findBillingAccount(db: Queryable, tenantId: string): Promise<BillingAccount | undefined> {
  return maybeOne<BillingAccount>(
    db,
    `select account.external_id as "customerId", subscription.external_id as "subscriptionId",
       coalesce(subscription.facts -> 'prices', '[]') as prices
     from resource as account
       left join resource as subscription on subscription.tenant_id = account.tenant_id
         and subscription.kind = 'billing-subscription' and subscription.state in ('present', 'changing')
     where account.tenant_id = $1 and account.kind = 'billing-customer' and account.state in ('present', 'changing')`,
    [tenantId],
  );
}
