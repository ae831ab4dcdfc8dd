import type { BillingProblem } from '../../contract/billing/problems';
import { END_STATUSES } from '../../contract/operations/states';
import type { TenantState } from '../../contract/tenants/states';
import type { Queryable } from '../database';
import { PRICING, type BillingAccount } from './accounts';

/** What the ledger says of the billing of a tenant that is there. */
export interface BilledTenant {
  tenantId: string;
  state: TenantState;
  customerId: string | null;
  subscriptionId: string | null;
  /** What the subscription was made with. */
  pricing: BillingAccount['pricing'];
  /** An operation is open, or one has changed the tenant's billing a moment ago: what the provider shows may be on its way. */
  changing: boolean;
}

/** Minutes after a change of the ledger for which a comparison with an earlier listing says nothing. */
const CHANGING_MINUTES = 30;

/** A page of the tenants that are not gone, by their ids. */
export async function listBilledTenants(db: Queryable, after: string, limit: number): Promise<BilledTenant[]> {
  const { rows } = await db.query<BilledTenant>(
    `select tenant.tenant_id as "tenantId", tenant.state, account.external_id as "customerId", subscription.external_id as "subscriptionId",
       ${PRICING} as pricing,
       exists (select from operation where operation.tenant_id = tenant.tenant_id and status <> all($3))
         or greatest(tenant.state_since, account.updated_at, subscription.updated_at) > now() - make_interval(mins => $4) as changing
     from tenant
       left join resource account on account.tenant_id = tenant.tenant_id and account.kind = 'billing-customer'
         and account.state in ('present', 'changing')
       left join resource subscription on subscription.tenant_id = tenant.tenant_id and subscription.kind = 'billing-subscription'
         and subscription.state in ('present', 'changing')
     where tenant.tenant_id > $1 and tenant.state <> 'gone' order by tenant.tenant_id limit $2`,
    [after, limit, END_STATUSES, CHANGING_MINUTES],
  );
  return rows;
}

/** Findings of these problems that have not ended, resolved ones included, as `tenant problem object`. */
export async function listStandingFindings(
  db: Queryable,
  problems: readonly BillingProblem[],
): Promise<{ tenantId: string | null; problem: BillingProblem; objectId: string }[]> {
  const { rows } = await db.query<{ tenantId: string | null; problem: BillingProblem; objectId: string }>(
    `select tenant_id as "tenantId", problem, object_id as "objectId" from billing_finding
     where ended_at is null and problem = any($1)`,
    [problems],
  );
  return rows;
}
