import type { Endpoints } from '../../types';
import { TENANT_LABEL } from '../../../activities/adapters/kubernetes/marks';
import type { Question } from './question';

/** What the cluster has of a tenant: everything of it is in its namespace. Not asked where there is no cluster. */
export function kubernetesQuestions({ kubernetes }: Endpoints): Question[] {
  if (!kubernetes) return [];
  return [
    {
      where: 'Kubernetes',
      what: 'namespaces',
      count: async (tenantId) => {
        // Takes a second to load, and most machines have no cluster.
        const { CoreV1Api, KubeConfig } = await import('@kubernetes/client-node');
        const config = new KubeConfig();
        config.loadFromFile(kubernetes.kubeconfig);
        const api = config.makeApiClient(CoreV1Api);
        return (await api.listNamespace({ labelSelector: `${TENANT_LABEL}=${tenantId}` })).items.length;
      },
    },
  ];
}
