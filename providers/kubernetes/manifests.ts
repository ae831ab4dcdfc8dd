import type {
  V1LimitRange,
  V1Namespace,
  V1NetworkPolicy,
  V1ResourceQuota,
  V1Role,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type { Access } from '../../contract/tenants/access';
import type { Manifest } from './cluster';
import { ACCESS_LABEL, marks } from './marks';

/** The size and strictness of a tenant's namespace. */
export interface NamespaceSpec {
  /** For all pods together, in thousandths of a CPU. */
  cpuMillis: number;
  /** For all pods together, in mebibytes. */
  memoryMb: number;
  pods: number;
  /** The Pod Security Standard to enforce. */
  podSecurity: 'baseline' | 'restricted';
}

/** A namespace with its tenant and region. */
export interface NamespaceOwner {
  name: string;
  tenantId: string;
  region: string;
}

/** The name of the tenant's ServiceAccount, Role, RoleBinding, ResourceQuota and LimitRange inside its namespace. */
export const TENANT_OBJECT = 'tenant';

type Of<T> = T & Manifest;

/** The namespace. Its labels make the cluster enforce the Pod Security Standard for every pod in it. */
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

/** Limits for all pods of the tenant together. Node ports and load balancers are excluded because they are shared or cost money. */
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

/** Whether the quota's controller has adopted every limit that is set. */
export function isInEffect(quota: V1ResourceQuota): boolean {
  const [set, counted] = [quota.spec?.hard ?? {}, quota.status?.hard ?? {}];
  return Object.keys(set).length > 0 && Object.entries(set).every(([name, limit]) => counted[name] === limit);
}

/** The additional quota of a closed namespace. It admits no pod, and leaves the tenant's own quota as it is. */
export function lockOf(owner: NamespaceOwner): Of<V1ResourceQuota> {
  const metadata = within(owner, 'closed');
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '0' } } };
}

/** Default limits for containers that declare none: an equal share of the quota, so that they count against it. */
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

/** Deny all traffic, then allow DNS queries: no exception that a tenant is given later would work without name resolution. */
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

/** The tenant's own account. Pods get its token only if they ask for it. */
export function accountOf(owner: NamespaceOwner): Of<V1ServiceAccount> {
  const metadata = within(owner, TENANT_OBJECT);
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false };
}

/**
 * The account's rights in its namespace: run workloads, but not change quota, limits, network policies or roles. With `read-only` access
 * only the reading ones, and none while closed.
 */
export function roleOf(owner: NamespaceOwner, access: Access = 'open'): Of<V1Role> {
  const { labels, ...metadata } = within(owner, TENANT_OBJECT);
  const reading = ['get', 'list', 'watch'];
  const verbs = access === 'open' ? [...reading, 'create', 'update', 'patch', 'delete'] : reading;
  const rules = [
    {
      apiGroups: [''],
      resources: ['configmaps', 'secrets', 'services', 'persistentvolumeclaims', 'pods'],
      verbs,
    },
    { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs },
    { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs },
    { apiGroups: [''], resources: ['pods/log', 'events', 'resourcequotas', 'limitranges'], verbs: reading },
  ];
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { ...metadata, labels: { ...labels, ...(access === 'open' ? {} : { [ACCESS_LABEL]: access }) } },
    rules: access === 'closed' ? [] : rules,
  };
}

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
