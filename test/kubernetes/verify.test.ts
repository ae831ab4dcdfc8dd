import type { Check } from '../../providers/port/check';
import type { Kubernetes } from '../../providers/kubernetes/kubernetes';
import type { NamespaceSpec } from '../../providers/kubernetes/manifests';
import type { ResourceContext } from '../../providers/port/kind';
import { resourceContext } from '../providers/kind-suite';
import { observer, restrictedAdapter, SPEC } from './cluster';

const { core, objects } = observer();
const PARTS = 'rbac.authorization.k8s.io';

describe('verification of a namespace', () => {
  let kubernetes: Kubernetes;
  let close: () => void;
  let context: ResourceContext<NamespaceSpec>;
  const made: ResourceContext<NamespaceSpec>[] = [];

  beforeAll(async () => {
    ({ kubernetes, close } = await restrictedAdapter());
    await kubernetes.prepare();
  });
  beforeEach(async () => {
    context = resourceContext(kubernetes.namespace, 'eu-central', SPEC);
    made.push(context);
    await kubernetes.namespace.create(context);
  });
  // At the end and together: the cluster waits five seconds before it empties a namespace.
  afterAll(async () => {
    await Promise.all(made.map((entry) => kubernetes.namespace.remove(entry)));
    close();
  });

  const verify = (): Promise<Check[]> =>
    kubernetes.verifyCompute({
      tenantId: context.tenantId,
      region: context.region,
      spec: SPEC,
      signal: AbortSignal.timeout(50_000),
    });
  const failed = (checks: Check[]) => checks.filter(({ passed }) => !passed).map(({ id }) => id);

  test('passes for a namespace as it is made, and leaves nothing behind', async () => {
    const checks = await verify();
    expect(failed(checks)).toEqual([]);
    expect(checks.map(({ id }) => id)).toContain('compute.from-other-tenant');
    expect((await core.listNamespacedPod({ namespace: context.name })).items).toEqual([]);
    const configMaps = await core.listNamespacedConfigMap({ namespace: context.name });
    expect(configMaps.items.filter(({ metadata }) => metadata?.name === 'verify')).toEqual([]);
    expect(
      (await core.readNamespacedResourceQuota({ name: 'tenant', namespace: context.name })).status?.used?.pods,
    ).toBe('0');
  });

  test('passes in attempts that overlap', async () => {
    expect((await Promise.all([verify(), verify(), verify()])).map(failed)).toEqual([[], [], []]);
  });

  test('fails when the tenant has been given rights over the cluster', async () => {
    const binding = {
      apiVersion: `${PARTS}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: context.name },
      roleRef: { apiGroup: PARTS, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'tenant', namespace: context.name }],
    };
    await objects.create(binding);
    try {
      expect(failed(await verify())).toEqual([
        'compute.kube-system',
        'compute.everywhere',
        'compute.other-tenant',
        'compute.fixed-quota',
        'compute.fixed-network',
        'compute.fixed-rights',
      ]);
    } finally {
      await objects.delete(binding);
    }
  });

  test('fails when another tenant has been let in', async () => {
    const binding = {
      apiVersion: `${PARTS}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'guest', namespace: context.name },
      roleRef: { apiGroup: PARTS, kind: 'Role', name: 'tenant' },
      subjects: [{ kind: 'ServiceAccount', name: 'tenant', namespace: kubernetes.namespace.name('probe00000000000') }],
    };
    await objects.create(binding);
    expect(failed(await verify())).toEqual(['compute.from-other-tenant']);
  });

  test('fails when the Pod Security level is no longer enforced', async () => {
    await core.patchNamespace({
      name: context.name,
      body: [{ op: 'replace', path: '/metadata/labels/pod-security.kubernetes.io~1enforce', value: 'privileged' }],
    });
    expect(failed(await verify())).toEqual(['compute.pod-security']);
  });

  test('fails when there is no quota', async () => {
    await core.deleteNamespacedResourceQuota({ name: 'tenant', namespace: context.name });
    expect(failed(await verify())).toEqual(['compute.quota']);
  });

  test('fails when the tenant’s account has lost its rights', async () => {
    await objects.delete({
      apiVersion: `${PARTS}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'tenant', namespace: context.name },
    });
    expect(failed(await verify())).toContain('compute.own-namespace');
  });
});
