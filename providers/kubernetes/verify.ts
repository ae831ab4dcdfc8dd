import type { V1Pod } from '@kubernetes/client-node';
import { PROBE_TENANT_ID, dashName } from '../../contract/ids';
import type { Check } from '../port/check';
import { ignoreMissing } from './answers';
import type { Client, Cluster, Manifest } from './cluster';
import { bindingOf, networkPoliciesOf, quotaOf, TENANT_OBJECT, type NamespaceSpec } from './manifests';
import { isOurs } from './marks';
import { outcomeOf, type Outcome } from './outcome';
import { waitFor } from '../port/wait-for';

/** The tenant whose namespace is verified, and the size and strictness that were ordered. */
export interface ComputeSubject {
  tenantId: string;
  region: string;
  spec: NamespaceSpec;
  signal: AbortSignal;
}

type Namespace = ComputeSubject & { name: string };

/**
 * Uses a short-lived token of the tenant's own ServiceAccount to try what the tenant must and must not be able to do, and one of the probe
 * tenant to try to get in. Pods are only submitted as a dry run, so nothing is left behind. Throws connection errors, because they say
 * nothing about the tenant.
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

  // Runs first and alone: once it succeeds, the authorizer knows the role binding, so that later refusals are meaningful.
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
  const removed = made.status === 200 ? await outcomeOf(ignoreMissing(tenant.delete(object))) : made;
  return {
    id: 'compute.own-namespace',
    claim: 'The tenant makes and removes a config map in its own namespace.',
    passed: made.status === 200 && removed.status === 200,
    answered: `${text(made)}, ${text(removed)}`,
  };
}

/** Passes only on a 403 whose message matches `why`: any other error could hide that access is open. */
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

/**
 * Passes if the attempt succeeds. An admitted pod proves that other pods are refused for the reason tested, and not because none is
 * admitted.
 */
async function admitted(id: string, claim: string, attempt: Promise<unknown>): Promise<Check> {
  const outcome = await outcomeOf(attempt);
  return { id: `compute.${id}`, claim: `${claim}.`, passed: outcome.status === 200, answered: text(outcome) };
}

async function policiesApplied(admin: Client, subject: Namespace): Promise<Check> {
  const found = await Promise.all(networkPoliciesOf(subject).map((policy) => admin.read(policy)));
  const passed = found.every((policy) => policy !== undefined && isOurs(policy, subject.tenantId));
  // Only presence can be checked: enforcement is up to the cluster's network plug-in.
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

function text({ status, reason }: Outcome): string {
  return `${status} ${reason}`.trim();
}

/** A pod that uses all of `spec` and complies with even the strictest Pod Security Standard. */
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
