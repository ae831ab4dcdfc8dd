import type { OperationKind } from '../../../../contract/operations/kinds';
import type { OperationStatus } from '../../../../contract/operations/states';
import type { TenantState } from '../../../../contract/tenants/states';
import type { TestProduct } from '../../../helpers/product';
import { keycloakFacts } from './in-keycloak';
import { postgresFacts } from './in-postgres';
import { registryFacts } from './in-registry';
import { storageFacts } from './in-storage';
import { stripeFacts } from './in-stripe';
import { reachOf, type Reach } from './reach';
import type { Facts, Watched } from './watched';

/** The state of a tenant; `read-only` if it is suspended and can be read. */
export type Standing = TenantState | 'read-only';

/** What an operation was to leave behind, and what was seen of its tenant at the servers once it had ended. */
export interface Look {
  scenario: string;
  operationId: string;
  tenantId: string;
  kind: OperationKind;
  status: OperationStatus;
  /** The state that the tenant is to be in now. */
  expected: Standing;
  reach: Reach;
  /** What was known of the tenant in that state before; without facts about its access if it was never seen in it. */
  before: Facts;
  now: Facts;
}

/** What can be seen of a tenant. */
export async function seen(product: TestProduct, tenant: Watched): Promise<{ reach: Reach; facts: Facts }> {
  // First: trying the tenant's logins may leave traces that are part of the facts.
  const reach = await reachOf(product, tenant);
  const { endpoints, registry } = product;
  const parts = await Promise.all([
    postgresFacts(endpoints, tenant),
    storageFacts(endpoints, tenant.tenantId),
    keycloakFacts(endpoints, tenant.tenantId),
    stripeFacts(product, tenant.tenantId),
    registryFacts(registry, tenant.tenantId),
  ]);
  return { reach, facts: Object.assign({}, ...parts) as Facts };
}

/** The facts that no change of a tenant's access may touch. */
export function withoutAccess(facts: Facts): Facts {
  return without('access', facts);
}

/** The facts that are the same after something was made again. */
export function withoutMade(facts: Facts): Facts {
  return without('made', facts);
}

function without(prefix: string, facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !name.startsWith(prefix)));
}
