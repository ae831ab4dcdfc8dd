import type { V1Pod } from '@kubernetes/client-node';
import { ApiException } from '@kubernetes/client-node';
import { PROBE_TENANT_ID, dashName } from '../../../contract/ids';
import type { Check } from '../../check';
import { answerIn, isStatus } from './answers';
import { classifyKubernetes } from './classify';
import type { Client, Cluster, Manifest } from './cluster';
import { bindingOf, networkPoliciesOf, quotaOf, TENANT_OBJECT, type NamespaceSpec } from './manifests';
import { isOurs } from './marks';
import { waitFor } from './wait';

/** Whose namespace is verified, and what was ordered. */
export interface ComputeSubject {
  tenantId: string;
  region: string;
  spec: NamespaceSpec;
  signal: AbortSignal;
}

type Namespace = ComputeSubject & { name: string };

/** What an attempt came to: the status and what the answer says, without names of accounts. */
interface Outcome {
  status: number;
  reason: string;
  message: string;
}

/**
 * Tries, with a short-lived token of the tenant's own ServiceAccount, what the tenant must be able to do and what it must not, and with
 * the probe tenant's whether it can get in. Pods are only offered for admission (dry run), so nothing is left. A connection error is
 * thrown: it says nothing about the tenant.
 */
export async function verifyNamespace(cluster: Cluster, subject: Namespace): Promise<Check[]> {
  const { name, signal, spec } = subject;
  const probe = dashName(PROBE_TENANT_ID);
  const admin = cluster.client(signal);
  const [tenantToken, probeToken] = await Promise.all([
    admin.tokenOf(TENANT_OBJECT, name),
    admin.tokenOf(TENANT_OBJECT, probe),
  ]);
  const tenant = cluster.as(tenantToken).client(signal);
  const stranger = cluster.as(probeToken).client(signal);

  // First and alone: when it is through, the role binding has reached the authorizer, and a refusal afterwards means something.
  const works = await usesOwnNamespace(tenant, subject);
  const pod = podOf(name, spec);
  const dryRun = { dryRun: true };
  return [
    works,
    ...(await Promise.all([
      refused(
        'kube-system',
        'The tenant may not list secrets of the cluster itself',
        listSecrets(tenant, 'kube-system'),
      ),
      refused('everywhere', 'The tenant may not list secrets of all namespaces', listSecrets(tenant)),
      refused('other-tenant', 'The tenant may not list secrets of another tenant', listSecrets(tenant, probe)),
      refused('from-other-tenant', 'Another tenant may not list secrets of this one', listSecrets(stranger, name)),
      refused('fixed-quota', 'The tenant may not lift its quota', tenant.delete(quotaOf(subject, spec), dryRun)),
      refused('fixed-network', 'The tenant may not lift its network policy', removePolicies(tenant, subject)),
      refused('fixed-rights', 'The tenant may not give itself rights', tenant.apply(bindingOf(subject), dryRun)),
      admitted('pod', 'The tenant may run a pod that uses the whole quota', tenant.create(pod, dryRun)),
      refused(
        'pod-security',
        'The tenant may not run a privileged pod',
        tenant.create(privileged(pod), dryRun),
        /violates PodSecurity/,
      ),
      refused(
        'quota',
        'The tenant may not run a pod above its quota',
        tenant.create(podOf(name, { ...spec, cpuMillis: spec.cpuMillis + 1 }), dryRun),
        /exceeded quota/,
      ),
      policiesApplied(admin, subject),
    ])),
  ];
}

async function usesOwnNamespace(tenant: Client, { name, signal }: Namespace): Promise<Check> {
  const metadata = { name: 'verify', namespace: name };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { by: 'verify' } };
  let made = await outcomeOf(tenant.apply(object));
  await waitFor(
    async () => {
      if (made.status === 403) made = await outcomeOf(tenant.apply(object));
      return made.status === 403 ? undefined : made;
    },
    { signal, everyMs: 100, timeoutMs: 10_000, what: 'the tenant’s rights to take effect' },
  );
  const removed = made.status === 200 ? await outcomeOf(goneAfter(tenant.delete(object))) : made;
  return {
    id: 'compute.own-namespace',
    claim: 'The tenant makes and removes a config map in its own namespace.',
    passed: made.status === 200 && removed.status === 200,
    answered: `${text(made)}, ${text(removed)}`,
  };
}

/** Passes on 403 alone, for the reason given: any other error would only look like a closed door. */
async function refused(id: string, claim: string, attempt: Promise<unknown>, why = /(?:)/): Promise<Check> {
  const outcome = await outcomeOf(attempt);
  const named = why.exec(outcome.message)?.[0];
  const passed = outcome.status === 403 && named !== undefined;
  return {
    id: `compute.${id}`,
    claim: `${claim}.`,
    passed,
    answered: [text(outcome), named].filter(Boolean).join(': '),
  };
}

/** Without it, the refusals of pods might have quite another reason. */
async function admitted(id: string, claim: string, attempt: Promise<unknown>): Promise<Check> {
  const outcome = await outcomeOf(attempt);
  return { id: `compute.${id}`, claim: `${claim}.`, passed: outcome.status === 200, answered: text(outcome) };
}

async function policiesApplied(admin: Client, subject: Namespace): Promise<Check> {
  const found = await Promise.all(networkPoliciesOf(subject).map((policy) => admin.read(policy)));
  const passed = found.every((policy) => policy !== undefined && isOurs(policy, subject.tenantId));
  // Whether it is enforced is up to the cluster's network plug-in.
  const claim = 'A network policy that denies everything but name resolution is applied.';
  return { id: 'compute.network-policy', claim, passed, answered: passed ? 'applied' : 'missing' };
}

async function listSecrets(client: Client, namespace?: string): Promise<void> {
  const secrets = { apiVersion: 'v1', kind: 'Secret', ...(namespace !== undefined && { namespace }) };
  for await (const _ of client.list(secrets)) return;
}

async function removePolicies(tenant: Client, subject: Namespace): Promise<void> {
  for (const policy of networkPoliciesOf(subject)) await tenant.delete(policy, { dryRun: true });
}

/** Where an attempt that overlaps with this one was first, the rights were there all the same: they are asked before the object is. */
async function goneAfter(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}

/** What the cluster has decided. Throws what may pass by itself: it says nothing about the tenant. */
async function outcomeOf(attempt: Promise<unknown>): Promise<Outcome> {
  try {
    await attempt;
    return { status: 200, reason: 'OK', message: '' };
  } catch (error) {
    if (!(error instanceof ApiException) || error.code === 401) throw error;
    if (classifyKubernetes(error, 'check')?.nonRetryable !== true) throw error;
    const { reason, message } = answerIn(error);
    return { status: error.code, reason, message };
  }
}

function text({ status, reason }: Outcome): string {
  return `${status} ${reason}`.trim();
}

/** One pod that takes the whole of `spec` and follows even the strictest Pod Security Standard. */
function podOf(namespace: string, { cpuMillis, memoryMb }: NamespaceSpec): V1Pod & Manifest {
  const resources = { cpu: `${cpuMillis}m`, memory: `${memoryMb}Mi` };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'verify', namespace },
    spec: {
      serviceAccountName: TENANT_OBJECT,
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'verify',
          image: 'verify',
          resources: { requests: resources, limits: resources },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

function privileged(pod: V1Pod & Manifest): V1Pod & Manifest {
  const containers = pod.spec!.containers.map((container) => ({ ...container, securityContext: { privileged: true } }));
  return { ...pod, spec: { ...pod.spec!, containers } };
}
