import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { listRegions } from '../../../registry/capacity/regions';
import type { Queryable } from '../../../registry/database';
import { findEndpoint } from '../../../registry/webhooks/endpoints';
import { checkOrder, type Violation } from '../../../templates/check-order';
import { checkPlace } from '../../../templates/check-place';
import type { ApiDependencies } from '../../dependencies';

/** The error of an order whose name is held. It does not say by whom. */
export const NAME_TAKEN = {
  pointer: '/tenantName',
  detail: 'Is taken, or looks like a taken name: 0 and o, and 1 and l, count as the same. Choose another name.',
};

/** The error of an order whose custom domain is held. */
export const DOMAIN_TAKEN = {
  pointer: '/configuration/customDomain',
  detail: 'Belongs to another tenant. Name another domain, or leave it out.',
};

/** Everything for which an order is refused before it is accepted, except for names that are held. */
export async function checkAcceptable(
  { pool, templates, appDomain }: Pick<ApiDependencies, 'appDomain' | 'pool' | 'templates'>,
  order: TenantProvisioningRequest,
  caller: string,
): Promise<Violation[]> {
  return [
    ...checkOrder(order, templates.get(order.subscription.plan), appDomain),
    ...(await checkKnownPlace(pool, order)),
    ...(await checkReceivers(pool, order, caller)),
  ];
}

/** Receivers of alerts that are not endpoints of the caller, who could otherwise have another's endpoint told. */
async function checkReceivers(
  db: Queryable,
  { alertReceivers = [] }: TenantProvisioningRequest,
  caller: string,
): Promise<Violation[]> {
  const found = await Promise.all(alertReceivers.map((endpointId) => findEndpoint(db, endpointId, caller)));
  return found.flatMap((endpoint, index) => {
    if (endpoint) return [];
    const message =
      'Is not a webhook endpoint of yours. Name one that `GET /v1/webhook-endpoints` lists with you as its owner.';
    return [{ pointer: `/alertReceivers/${index}`, type: 'CustomizationInvalid' as const, message }];
  });
}

/** Violations of the ordered region or residency. Until a worker has registered its regions, every place is accepted. */
async function checkKnownPlace(db: Queryable, order: TenantProvisioningRequest): Promise<Violation[]> {
  const regions = await listRegions(db);
  return regions.length === 0 ? [] : checkPlace(order, regions);
}
