import type { RegionSettings } from '../../config/regions';
import { dashName } from '../../contract/ids';
import type { Check } from '../port/check';
import { failure, type Classify } from '../port/failures';
import type { ResourceKind } from '../port/kind';
import { classifyKubernetes } from './classify';
import { openCluster, type Cluster } from './cluster';
import type { NamespaceSpec } from './manifests';
import { namespaceKind } from './namespace';
import { prepareProbe } from './probe';
import { locateNamespace } from './residency';
import { verifyNamespace, type ComputeSubject } from './verify';

/** Tenants' namespaces on the regions' Kubernetes clusters. */
export interface Kubernetes {
  readonly namespace: ResourceKind<NamespaceSpec>;
  readonly kinds: readonly ResourceKind<NamespaceSpec>[];
  readonly classify: Classify;
  /** Whether the region has a cluster. Without one, step 1 refuses templates with the compute model `namespace`. */
  has(region: string): boolean;
  /** Resolves if every region's cluster answers and accepts our credentials; throws the error of the first one that does not. */
  ping(signal: AbortSignal): Promise<void>;
  /** Creates the permanent probe namespace of `region`, or of every region, if it is missing. Safe for several workers at once. */
  prepare(region?: string, signal?: AbortSignal): Promise<void>;
  /** Step 9's checks of a finished tenant's namespace, made with the tenant's own credentials. Throws only if they cannot be made. */
  verifyCompute(subject: ComputeSubject): Promise<Check[]>;
  /** Checks where a finished tenant's namespace is, according to the cluster itself. */
  locate(tenant: { tenantId: string; region: string; signal: AbortSignal }): Promise<Check[]>;
  /** Does nothing, as no connection outlives a request; exists for symmetry with the other adapters. */
  close(): Promise<void>;
}

/** Time limits, and a callback for progress. */
export interface KubernetesOptions {
  /** Time limit for one request in milliseconds. Default 10 000. */
  requestTimeoutMs?: number;
  /** Milliseconds to wait for a namespace to disappear, or for a quota to take effect. Default 40 000, below an activity's 60 s. */
  waitMs?: number;
  /** Called at every poll of a wait, so that an activity can send its heartbeat. */
  onProgress?: (what: string) => void;
}

/** Creates the adapter for the clusters of these regions. It reads no kubeconfig and sends nothing before its first use. */
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
    // Looking in the wrong cluster would find nothing, and the namespace would count as gone.
    const advice = 'Give the region that cluster back in the regions file, or remove the namespace there by hand.';
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
