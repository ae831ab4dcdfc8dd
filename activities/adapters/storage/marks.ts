import { PROBE_TENANT_ID, dashName, tenantIdOf } from '../../../contract/ids';
import type { ResourceContext } from '../../kind';

/** The value of the tag `managed-by` on everything this program makes. */
export const MANAGED_BY = 'tenant-provisioner';

/** The tags that say whose a bucket or user is, and which run made it. */
export function marks(context: ResourceContext): { Key: string; Value: string }[] {
  return [
    { Key: 'managed-by', Value: MANAGED_BY },
    { Key: 'tenantId', Value: context.tenantId },
    { Key: 'operationId', Value: context.operationId },
    { Key: 'region', Value: context.region },
  ];
}

/** Whether tags say that something is this tenant's and made by us. Which run made it does not matter. */
export function isMarked(tags: { Key?: string | undefined; Value?: string | undefined }[], tenantId: string): boolean {
  const value = (key: string): string | undefined => tags.find((tag) => tag.Key === key)?.Value;
  return value('managed-by') === MANAGED_BY && value('tenantId') === tenantId;
}

/** The tenant a user's name belongs to; undefined for users that are no tenant's, and for the probe's. */
export function tenantOfUser(name: string): string | undefined {
  const tenantId = tenantIdOf(name);
  return tenantId !== undefined && tenantId !== PROBE_TENANT_ID && name === dashName(tenantId) ? tenantId : undefined;
}
