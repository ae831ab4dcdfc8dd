import type { KubernetesObject } from '@kubernetes/client-node';
import { ignoreMissing } from './answers';
import type { Client, Manifest } from './cluster';
import { STOPPED_ANNOTATION } from './marks';

/** The fields of a workload that say whether it runs. */
interface Workload extends KubernetesObject {
  spec?: { replicas?: number; suspend?: boolean };
  status?: { conditions?: { type: string; status: string }[] };
}

/** A kind of workload: how one is stopped and started, as fields of its spec; undefined if there is nothing to do. */
interface WorkloadKind {
  apiVersion: string;
  kind: string;
  /** The fields that stop it, and what the annotation remembers of it. */
  stop(workload: Workload): { spec: object; remember: string } | undefined;
  /** The fields that start it again as it was. */
  start(remembered: string): object;
}

const scaled = {
  stop: ({ spec }: Workload) => {
    const { replicas = 1 } = spec ?? {};
    return replicas === 0 ? undefined : { spec: { replicas: 0 }, remember: String(replicas) };
  },
  start: (remembered: string) => (/^\d+$/.test(remembered) ? { replicas: Number(remembered) } : {}),
};

const suspended = {
  stop: ({ spec, status }: Workload) => {
    const { suspend = false } = spec ?? {};
    const hasEnded = status?.conditions?.some((one) => /^(Complete|Failed)$/.test(one.type) && one.status === 'True');
    return suspend || hasEnded ? undefined : { spec: { suspend: true }, remember: 'running' };
  },
  start: () => ({ suspend: false }),
};

const KINDS: readonly WorkloadKind[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment', ...scaled },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', ...scaled },
  { apiVersion: 'batch/v1', kind: 'CronJob', ...suspended },
  { apiVersion: 'batch/v1', kind: 'Job', ...suspended },
];

/**
 * Scales every deployment and stateful set of the namespace to nothing, and suspends its jobs and cron jobs. Each notes what it was in the
 * same request, so it can be interrupted anywhere. A workload that the tenant had stopped itself gets no note, and stays stopped.
 */
export function stopWorkloads(client: Client, namespace: string): Promise<void> {
  return forEachWorkload(client, namespace, async (ref, workload, { stop }) => {
    const stopped = stop(workload);
    if (stopped === undefined) return;
    const { spec, remember } = stopped;
    await client.merge(ref, { metadata: { annotations: { [STOPPED_ANNOTATION]: remember } }, spec });
  });
}

/** Gives every workload that {@link stopWorkloads} stopped what it noted. */
export function startWorkloads(client: Client, namespace: string): Promise<void> {
  return forEachWorkload(client, namespace, async (ref, workload, { start }) => {
    const remembered = workload.metadata?.annotations?.[STOPPED_ANNOTATION];
    if (remembered === undefined) return;
    await client.merge(ref, { metadata: { annotations: { [STOPPED_ANNOTATION]: null } }, spec: start(remembered) });
  });
}

async function forEachWorkload(
  client: Client,
  namespace: string,
  work: (ref: Manifest, workload: Workload, kind: WorkloadKind) => Promise<void>,
): Promise<void> {
  await Promise.all(
    KINDS.map(async (kind) => {
      const { apiVersion, kind: name } = kind;
      for await (const workload of client.list<Workload>({ apiVersion, kind: name, namespace })) {
        const ref = { apiVersion, kind: name, metadata: { name: workload.metadata?.name ?? '', namespace } };
        // A job may be removed once it has ended.
        await ignoreMissing(work(ref, workload, kind));
      }
    }),
  );
}
