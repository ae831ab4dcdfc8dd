import type { V1Namespace } from '@kubernetes/client-node';
import type { Check } from '../port/check';
import type { Cluster } from './cluster';
import { isOurs, REGION_LABEL } from './marks';

/** Checks at the region's cluster that the tenant's namespace exists there and was made for this region. */
export async function locateNamespace(
  cluster: Cluster,
  { tenantId, region, name, signal }: { tenantId: string; region: string; name: string; signal: AbortSignal },
): Promise<Check[]> {
  const wanted = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const namespace = await cluster.client(signal).read<V1Namespace>(wanted);
  const label = namespace?.metadata?.labels?.[REGION_LABEL];
  return [
    {
      id: 'residency.namespace',
      claim: `the tenant’s namespace is on cluster ${cluster.name} and was made for ${region}`,
      passed: namespace !== undefined && isOurs(namespace, tenantId) && label === region,
      answered: namespace
        ? `made for ${label ?? 'no region'}, uid ${namespace.metadata?.uid ?? 'none'}`
        : 'no such namespace',
    },
  ];
}
