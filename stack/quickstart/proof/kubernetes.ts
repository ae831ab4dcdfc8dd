import type { Endpoints } from '../../types';
import { TENANT_LABEL } from '../../../providers/kubernetes/marks';
import type { Question } from './question';

/** Counts a tenant's namespaces, which hold everything that the tenant has in the cluster. Empty without a cluster. */
export function kubernetesQuestions({ kubernetes }: Endpoints): Question[] {
  if (!kubernetes) return [];
  return [
    {
      where: 'Kubernetes',
      what: 'namespaces',
      count: async (tenantId) => {
        // Loaded only on demand: it takes a second, and most machines have no cluster.
        const { CoreV1Api, KubeConfig } = await import('@kubernetes/client-node');
        const config = new KubeConfig();
        config.loadFromFile(kubernetes.kubeconfig);
        const api = config.makeApiClient(CoreV1Api);
        return (await api.listNamespace({ labelSelector: `${TENANT_LABEL}=${tenantId}` })).items.length;
      },
    },
  ];
}
