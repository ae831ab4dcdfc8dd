import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { parse } from 'yaml';
import type { Access } from '../../contract/tenants/access';
import { createKubernetes, type Kubernetes, type KubernetesOptions } from '../../providers/kubernetes/kubernetes';
import type { ResourceContext } from '../../providers/port/kind';
import type { NamespaceSpec } from '../../providers/kubernetes/manifests';
import type { RegionSettings } from '../../config/regions';
import { stackEndpoints } from '../stack';

/** A small enterprise order. */
export const SPEC: NamespaceSpec = { cpuMillis: 2_000, memoryMb: 2_048, pods: 10, podSecurity: 'restricted' };

/** Clients of the tests' own, as the cluster's administrator: the cluster's word, not through the adapter. */
export function observer(): { core: CoreV1Api; objects: KubernetesObjectApi; config: KubeConfig } {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigOf());
  return { config, core: config.makeApiClient(CoreV1Api), objects: KubernetesObjectApi.makeApiClient(config) };
}

function kubeconfigOf(): string {
  const { kubernetes } = stackEndpoints('kubernetes');
  if (!kubernetes) throw new Error('There is no Kubernetes: run these tests through `npm run test:kubernetes`.');
  return kubernetes.kubeconfig;
}

/** A region with this cluster; its database and storage are there for the types only and lead nowhere. */
export function kubernetesRegion(name: string, kubeconfig: string): RegionSettings {
  const storage = {
    provider: 'aws',
    vaultBucket: 'tenant-vault-kubernetes-tests',
    name: 'none',
    region: 'none',
    accessKeyId: '-',
    secretAccessKey: '-',
    capacity: 1,
  } as const;
  return {
    name,
    jurisdiction: 'EU',
    database: { cells: [{ name: 'none', url: 'postgres://127.0.0.1:1/none', capacity: 1, maxConnections: 1 }] },
    storage,
    compute: { pool: [], kubernetes: { name: 'cluster', kubeconfig, capacityCpuMillis: 100_000 } },
  };
}

/** The adapter, with no more rights than cluster-role.yaml gives, for two regions on the one cluster. */
export async function restrictedAdapter(
  options: KubernetesOptions = {},
): Promise<{ kubernetes: Kubernetes; close(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'kubernetes-test-'));
  const kubeconfig = join(dir, 'kubeconfig.json');
  writeFileSync(kubeconfig, await restrictedKubeconfig(), { mode: 0o600 });
  const regions = ['eu-central', 'us-east'].map((name) => kubernetesRegion(name, kubeconfig));
  return { kubernetes: createKubernetes(regions, options), close: () => rmSync(dir, { recursive: true }) };
}

const ACCOUNT = { name: 'tenant-provisioner-test', namespace: 'default' };

async function restrictedKubeconfig(): Promise<string> {
  const { core, objects, config } = observer();
  const role = parse(readFileSync(join(__dirname, '../../providers/kubernetes/cluster-role.yaml'), 'utf8')) as Named;
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: ACCOUNT.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.metadata.name },
    subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }],
  };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: ACCOUNT };
  for (const object of [account, role, binding])
    await objects.patch(object, undefined, undefined, 'test', true, PatchStrategy.ServerSideApply);
  const token = await core.createNamespacedServiceAccountToken({
    ...ACCOUNT,
    body: { spec: { audiences: [], expirationSeconds: 3_600 } },
  });
  const restricted = new KubeConfig();
  restricted.loadFromClusterAndUser(config.getCurrentCluster()!, { name: 'restricted', token: token.status!.token });
  return restricted.exportConfig();
}

type Named = KubernetesObject & { metadata: { name: string } };

/** Whether a request is answered with something other than 404. */
export async function isThere(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw error;
  }
}

/** Asks every 100 ms until the answer is true; fails after 30 s. */
export async function eventually(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await ask());) {
    if (Date.now() > deadline) throw new Error(`Waited 30 s in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Looks at the tenant's access until it is this one: the cluster's caches follow a change later. */
export async function accessBecomes(
  { namespace, classify }: Kubernetes,
  context: ResourceContext<undefined>,
  access: Access,
): Promise<Access> {
  await eventually(`${context.name} to be ${access}`, async () => {
    try {
      return (await namespace.access!(context)) === access;
    } catch (error) {
      if (classify(error, 'access')?.nonRetryable === false) return false;
      throw error;
    }
  });
  return access;
}
