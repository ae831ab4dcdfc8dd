import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { REGIONS } from '../../../stack/types';
import { newOrder, plan } from '../../helpers/product';
import { seededRandom } from '../../helpers/seeded-random';

/** Shares of the plans; the remaining orders are for starter tenants. */
const PROFESSIONAL = 0.3;
const ENTERPRISE = 0.04;

/**
 * The requested number of orders, spread over both regions. Enterprise tenants are included only if there is a cluster, which is in the
 * first region.
 */
export function mixedOrders({
  count,
  seed,
  hasCluster,
}: {
  count: number;
  seed: number;
  hasCluster: boolean;
}): TenantProvisioningRequest[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const drawn = random();
    if (hasCluster && drawn < ENTERPRISE) return newOrder({ ...plan('enterprise'), region: REGIONS[0] });
    const name = drawn < ENTERPRISE + PROFESSIONAL ? 'professional' : 'starter';
    return newOrder({ ...plan(name), region: REGIONS[index % REGIONS.length]! });
  });
}
