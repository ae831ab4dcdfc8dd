import { PROBE_TENANT_ID } from '../../../contract/ids';
/** The label that says this program made something (a label Kubernetes recommends), its value, and the field manager of every apply. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGER = 'tenant-provisioner';

/** The labels that say which tenant something belongs to, and for which region it was made: two regions may share a cluster. */
export const TENANT_LABEL = `${MANAGER}/tenant-id`;
export const REGION_LABEL = `${MANAGER}/region`;

type Labels = { [name: string]: string };

/** The labels every object of a tenant carries. */
export function marks(tenantId: string, region: string): Labels {
  return { [MANAGED_BY_LABEL]: MANAGER, [TENANT_LABEL]: tenantId, [REGION_LABEL]: region };
}

/** The label selector for every tenant's objects of a region, without the probe's. */
export function selectorOf(region: string): string {
  return `${MANAGED_BY_LABEL}=${MANAGER},${REGION_LABEL}=${region},${TENANT_LABEL},${TENANT_LABEL}!=${PROBE_TENANT_ID}`;
}

/** Whether an object carries the marks of this very tenant. */
export function isOurs(object: { metadata?: { labels?: Labels } }, tenantId: string): boolean {
  const labels = object.metadata?.labels ?? {};
  return labels[MANAGED_BY_LABEL] === MANAGER && labels[TENANT_LABEL] === tenantId;
}
