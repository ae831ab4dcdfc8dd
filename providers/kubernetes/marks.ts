import { PROBE_TENANT_ID } from '../../contract/ids';

/** Label on everything that this program makes; one of those that Kubernetes recommends. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';

/** Value of {@link MANAGED_BY_LABEL}, and field manager of every apply. */
export const MANAGER = 'tenant-provisioner';

/** Labels that hold the owning tenant and its region. The region is needed because two regions may share a cluster. */
export const TENANT_LABEL = `${MANAGER}/tenant-id`;
export const REGION_LABEL = `${MANAGER}/region`;

/** Label on a tenant's role that says how far the tenant's rights reach; missing while they are complete. */
export const ACCESS_LABEL = `${MANAGER}/access`;

/** Annotation on a stopped workload: its number of replicas, or `running` for one that was suspended. */
export const STOPPED_ANNOTATION = `${MANAGER}/stopped`;

type Labels = { [name: string]: string };

/** The labels that every object of a tenant carries. */
export function marks(tenantId: string, region: string): Labels {
  return { [MANAGED_BY_LABEL]: MANAGER, [TENANT_LABEL]: tenantId, [REGION_LABEL]: region };
}

/** Label selector for the objects of all tenants in a region, without the probe tenant. */
export function selectorOf(region: string): string {
  return `${MANAGED_BY_LABEL}=${MANAGER},${REGION_LABEL}=${region},${TENANT_LABEL},${TENANT_LABEL}!=${PROBE_TENANT_ID}`;
}

/** Whether an object carries the marks of this tenant. */
export function isOurs(object: { metadata?: { labels?: Labels } }, tenantId: string): boolean {
  const labels = object.metadata?.labels ?? {};
  return labels[MANAGED_BY_LABEL] === MANAGER && labels[TENANT_LABEL] === tenantId;
}
