import { PROBE_TENANT_ID, dashName, tenantIdOf } from '../../contract/ids';
import type { ResourceContext } from '../port/kind';

/** The value of the tag `managed-by` on everything this program makes. */
export const MANAGED_BY = 'tenant-provisioner';

/** Tags that mark a bucket or user as ours and name its tenant, the operation that made it, and its region. */
export function marks(context: ResourceContext): { Key: string; Value: string }[] {
  return [
    { Key: 'managed-by', Value: MANAGED_BY },
    { Key: 'tenantId', Value: context.tenantId },
    { Key: 'operationId', Value: context.operationId },
    { Key: 'region', Value: context.region },
  ];
}

/** Whether tags mark a resource as ours and as this tenant's, whichever operation made it. */
export function isMarked(tags: { Key?: string | undefined; Value?: string | undefined }[], tenantId: string): boolean {
  const value = (key: string): string | undefined => tags.find((tag) => tag.Key === key)?.Value;
  return value('managed-by') === MANAGED_BY && value('tenantId') === tenantId;
}

/** The tenant id in a user's name; undefined for the probe tenant's user and for users without a tenant. */
export function tenantOfUser(name: string): string | undefined {
  const tenantId = tenantIdOf(name);
  return tenantId !== undefined && tenantId !== PROBE_TENANT_ID && name === dashName(tenantId) ? tenantId : undefined;
}
