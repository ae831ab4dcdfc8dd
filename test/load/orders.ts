import type { TenantProvisioningRequest } from '../../contract/order';
import { REGIONS } from '../../stack/types';
import { newOrder, plan } from '../helpers/product';
import { seededRandom } from '../helpers/seeded-random';

/** Shares of the plans; what is left over is for starter tenants. */
const PROFESSIONAL = 0.3;
const ENTERPRISE = 0.04;

/**
 * As many orders as asked for, over both regions; one for an enterprise tenant only where there is a cluster, which is in the first region.
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
