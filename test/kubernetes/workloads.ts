import {
  AppsV1Api,
  BatchV1Api,
  type CoreV1Api,
  type KubeConfig,
  type V1Pod,
  type V1PodSpec,
  type V1PodTemplateSpec,
} from '@kubernetes/client-node';

/** What a tenant runs, with the numbers that must be back after it was closed. */
export interface Workloads {
  /** Number of replicas by name. */
  deployments: Record<string, number | undefined>;
  statefulSets: Record<string, number | undefined>;
  /** Whether they are suspended, by name. */
  jobs: Record<string, boolean | undefined>;
  cronJobs: Record<string, boolean | undefined>;
  annotations: (string | undefined)[];
}

/** Clients for workloads, with the credentials of this configuration. */
export function workloadApis(config: KubeConfig): { apps: AppsV1Api; batch: BatchV1Api } {
  return { apps: config.makeApiClient(AppsV1Api), batch: config.makeApiClient(BatchV1Api) };
}

/** A pod that complies with the Pod Security Standard `restricted`. */
export function pod(name: string, labels: Record<string, string> = {}): V1Pod {
  return { metadata: { name, labels }, spec: podSpec() };
}

/** Makes a workload of each kind, one that the tenant has stopped itself beside each, and a pod on its own: 7 pods in all. */
export async function startEverything(config: KubeConfig, core: CoreV1Api, namespace: string): Promise<void> {
  const { apps, batch } = workloadApis(config);
  const of = (name: string, replicas: number) => ({
    metadata: { name },
    spec: { replicas, serviceName: name, selector: { matchLabels: { name } }, template: template(name) },
  });
  await apps.createNamespacedDeployment({ namespace, body: of('web', 2) });
  await apps.createNamespacedDeployment({ namespace, body: of('idle', 0) });
  await apps.createNamespacedStatefulSet({
    namespace,
    body: { ...of('cache', 2), spec: parallel(of('cache', 2).spec) },
  });
  const job = (suspend: boolean) => ({ backoffLimit: 0, parallelism: 2, completions: 2, suspend, template: once() });
  await batch.createNamespacedJob({ namespace, body: { metadata: { name: 'import' }, spec: job(false) } });
  await batch.createNamespacedJob({ namespace, body: { metadata: { name: 'later' }, spec: job(true) } });
  for (const [name, suspend] of [
    ['nightly', false],
    ['paused', true],
  ] as const)
    await batch.createNamespacedCronJob({
      namespace,
      body: { metadata: { name }, spec: { schedule: '0 3 * * *', suspend, jobTemplate: { spec: job(false) } } },
    });
  await core.createNamespacedPod({ namespace, body: pod('alone') });
}

/** What the cluster says about the tenant's workloads. */
export async function workloadsIn(config: KubeConfig, namespace: string): Promise<Workloads> {
  const { apps, batch } = workloadApis(config);
  const [deployments, statefulSets, jobs, cronJobs] = await Promise.all([
    apps.listNamespacedDeployment({ namespace }),
    apps.listNamespacedStatefulSet({ namespace }),
    batch.listNamespacedJob({ namespace }),
    batch.listNamespacedCronJob({ namespace }),
  ]);
  const all = [...deployments.items, ...statefulSets.items, ...jobs.items, ...cronJobs.items];
  return {
    deployments: Object.fromEntries(deployments.items.map(({ metadata, spec }) => [metadata?.name, spec?.replicas])),
    statefulSets: Object.fromEntries(statefulSets.items.map(({ metadata, spec }) => [metadata?.name, spec?.replicas])),
    jobs: Object.fromEntries(jobs.items.map(({ metadata, spec }) => [metadata?.name, spec?.suspend])),
    cronJobs: Object.fromEntries(cronJobs.items.map(({ metadata, spec }) => [metadata?.name, spec?.suspend])),
    annotations: all.map(({ metadata }) => metadata?.annotations?.['tenant-provisioner/stopped']).filter(Boolean),
  };
}

function podSpec(restartPolicy = 'Always'): V1PodSpec {
  const resources = { cpu: '50m', memory: '32Mi' };
  return {
    restartPolicy,
    securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'main',
        image: 'none',
        resources: { requests: resources, limits: resources },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  };
}

function template(name: string): V1PodTemplateSpec {
  return { metadata: { labels: { name } }, spec: podSpec() };
}

function once(): V1PodTemplateSpec {
  return { spec: podSpec('Never') };
}

/** Without it a stateful set waits until its first pod is ready, which none is in a cluster without nodes. */
function parallel<T>(spec: T): T & { podManagementPolicy: string } {
  return { ...spec, podManagementPolicy: 'Parallel' };
}
