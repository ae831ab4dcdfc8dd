import type { RegionSettings } from '../../../config/regions';
import { dashName } from '../../../contract/ids';
import type { Check } from '../../check';
import { failure, type Classify } from '../../failures';
import type { ResourceKind } from '../../kind';
import { classifyKubernetes } from './classify';
import { openCluster, type Cluster } from './cluster';
import type { NamespaceSpec } from './manifests';
import { namespaceKind } from './namespace';
import { prepareProbe } from './probe';
import { locateNamespace } from './residency';
import { verifyNamespace, type ComputeSubject } from './verify';

/** Namespaces on the regions' Kubernetes clusters. */
export interface Kubernetes {
  readonly namespace: ResourceKind<NamespaceSpec>;
  readonly kinds: readonly ResourceKind<NamespaceSpec>[];
  readonly classify: Classify;
  /** Whether the region has a cluster; step 1 refuses templates with the compute model `namespace` where it has none. */
  has(region: string): boolean;
  /** Resolves when every region's cluster answers and accepts our credentials; throws what the first that does not throws. */
  ping(signal: AbortSignal): Promise<void>;
  /** Makes each region's permanent probe namespace if it is not there. Safe when several workers start at once. Without a region: everywhere. */
  prepare(region?: string, signal?: AbortSignal): Promise<void>;
  /** What holds of a finished tenant's namespace, tried with the tenant's own credentials. Throws only when it cannot be tried. */
  verifyCompute(subject: ComputeSubject): Promise<Check[]>;
  /** Where a finished tenant's namespace lies, by the cluster's own word. */
  locate(tenant: { tenantId: string; region: string; signal: AbortSignal }): Promise<Check[]>;
  /** Nothing is kept open between requests; here for symmetry with the other adapters. */
  close(): Promise<void>;
}

/** Time limits, and who wants to hear that a wait goes on. */
export interface KubernetesOptions {
  /** Milliseconds one request may take. Default 10 000. */
  requestTimeoutMs?: number;
  /** Milliseconds a namespace may take to end, or a quota to count. Default 40 000, below the 60 s an activity has. */
  waitMs?: number;
  /** Called at every poll of a wait; an activity sends its heartbeat here. */
  onProgress?: (what: string) => void;
}

/** The adapter for the clusters of these regions. Nothing is sent, and no kubeconfig read, before the first use. */
export function createKubernetes(regions: RegionSettings[], options: KubernetesOptions = {}): Kubernetes {
  const clusters = new Map<string, Cluster>();
  for (const { name, compute } of regions) {
    if (!compute.kubernetes) continue;
    const { name: cluster, kubeconfig } = compute.kubernetes;
    clusters.set(name, openCluster(cluster, kubeconfig, options.requestTimeoutMs ?? 10_000));
  }
  const clusterOf = (region: string, cell = ''): Cluster => {
    const cluster = clusters.get(region);
    if (!cluster) throw failure('CapabilityMissing', `Region ${region} has no Kubernetes cluster.`);
    if (cell === '' || cell === cluster.name) return cluster;
    // Looking in another cluster would find nothing and call it gone.
    const advice = 'Give the region that cluster back, or remove the namespace there by hand.';
    throw failure('ProviderRefused', `Region ${region} now has cluster ${cluster.name}, not ${cell}. ${advice}`);
  };
  const waits = { waitMs: options.waitMs ?? 40_000, onProgress: options.onProgress };
  const namespace = namespaceKind(clusterOf, (region) => clusters.has(region), waits);
  const everywhere = async (work: (cluster: Cluster, region: string) => Promise<void>): Promise<void> => {
    await Promise.all([...clusters].map(([region, cluster]) => work(cluster, region)));
  };
  return {
    namespace,
    kinds: [namespace],
    classify: classifyKubernetes,
    has: (region) => clusters.has(region),
    ping: (signal) =>
      everywhere(async (cluster) => {
        await cluster.client(signal).read({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
      }),
    prepare: (region, signal = AbortSignal.timeout(60_000)) =>
      everywhere((_, name) =>
        region === undefined || region === name ? prepareProbe(namespace, name, signal) : Promise.resolve(),
      ),
    verifyCompute: (subject) =>
      verifyNamespace(clusterOf(subject.region), { ...subject, name: dashName(subject.tenantId) }),
    locate: (tenant) => locateNamespace(clusterOf(tenant.region), { ...tenant, name: dashName(tenant.tenantId) }),
    close: () => Promise.resolve(),
  };
}
