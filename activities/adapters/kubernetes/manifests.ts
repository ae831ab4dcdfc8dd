import type {
  V1LimitRange,
  V1Namespace,
  V1NetworkPolicy,
  V1ResourceQuota,
  V1Role,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type { Manifest } from './cluster';
import { marks } from './marks';

/** The size and strictness of a tenant's namespace. */
export interface NamespaceSpec {
  /** Thousandths of a CPU, for all pods together. */
  cpuMillis: number;
  /** Mebibytes, for all pods together. */
  memoryMb: number;
  pods: number;
  /** A Pod Security Standard, enforced. */
  podSecurity: 'baseline' | 'restricted';
}

/** Whose namespace, and where. */
export interface NamespaceOwner {
  name: string;
  tenantId: string;
  region: string;
}

/** The name of the tenant's ServiceAccount, Role, RoleBinding, ResourceQuota and LimitRange inside its namespace. */
export const TENANT_OBJECT = 'tenant';

type Of<T> = T & Manifest;

/** The namespace itself; its labels make every pod in it follow the Pod Security Standard. */
export function namespaceOf(owner: NamespaceOwner, spec: Pick<NamespaceSpec, 'podSecurity'>): Of<V1Namespace> {
  const security = Object.fromEntries(
    ['enforce', 'warn', 'audit'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, spec.podSecurity],
      [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
    ]),
  );
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: owner.name, labels: { ...marks(owner.tenantId, owner.region), ...security } },
  };
}

/** What all pods of the tenant may use together. Ports of nodes and load balancers are shared and cost money: none. */
export function quotaOf(owner: NamespaceOwner, spec: NamespaceSpec): Of<V1ResourceQuota> {
  const [cpu, memory] = [`${spec.cpuMillis}m`, `${spec.memoryMb}Mi`];
  const hard = {
    'requests.cpu': cpu,
    'limits.cpu': cpu,
    'requests.memory': memory,
    'limits.memory': memory,
    pods: String(spec.pods),
    'services.nodeports': '0',
    'services.loadbalancers': '0',
  };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: within(owner, TENANT_OBJECT), spec: { hard } };
}

/** What a container gets that does not say what it needs: an equal share, so that it counts against the quota. */
export function limitsOf(owner: NamespaceOwner, spec: NamespaceSpec): Of<V1LimitRange> {
  const share = {
    cpu: `${Math.max(1, Math.floor(spec.cpuMillis / spec.pods))}m`,
    memory: `${Math.max(1, Math.floor(spec.memoryMb / spec.pods))}Mi`,
  };
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: within(owner, TENANT_OBJECT),
    spec: { limits: [{ type: 'Container', _default: share, defaultRequest: share }] },
  };
}

/** Nothing in, nothing out; then name resolution out, without which no exception a tenant is later given would work. */
export function networkPoliciesOf(owner: NamespaceOwner): Of<V1NetworkPolicy>[] {
  const of = (name: string, spec: V1NetworkPolicy['spec']): Of<V1NetworkPolicy> => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: within(owner, name),
    ...(spec && { spec }),
  });
  const clusterDns = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } };
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  return [
    of('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    of('allow-dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [clusterDns], ports }] }),
  ];
}

/** The tenant's own account. Pods do not get its token unless they ask for it. */
export function accountOf(owner: NamespaceOwner): Of<V1ServiceAccount> {
  const metadata = within(owner, TENANT_OBJECT);
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false };
}

/** What the account may do in its namespace: run workloads. Not: change the quota, the limits, the network policies or the roles. */
export function roleOf(owner: NamespaceOwner): Of<V1Role> {
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: within(owner, TENANT_OBJECT),
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps', 'secrets', 'services', 'persistentvolumeclaims', 'pods'],
        verbs,
      },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs },
      { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs },
      {
        apiGroups: [''],
        resources: ['pods/log', 'events', 'resourcequotas', 'limitranges'],
        verbs: ['get', 'list', 'watch'],
      },
    ],
  };
}

/** Gives the account its role. */
export function bindingOf(owner: NamespaceOwner): Of<V1RoleBinding> {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: within(owner, TENANT_OBJECT),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: TENANT_OBJECT },
    subjects: [{ kind: 'ServiceAccount', name: TENANT_OBJECT, namespace: owner.name }],
  };
}

function within(owner: NamespaceOwner, name: string): Manifest['metadata'] {
  return { name, namespace: owner.name, labels: marks(owner.tenantId, owner.region) };
}
