import {
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import type { Kubernetes } from '../../providers/kubernetes/kubernetes';
import type { NamespaceSpec } from '../../providers/kubernetes/manifests';
import type { Access } from '../../contract/tenants/access';
import type { ResourceContext } from '../../providers/port/kind';
import { resourceContext } from '../providers/kind-suite';
import { accessBecomes, eventually, observer, restrictedAdapter, SPEC } from './cluster';
import { pod, startEverything, workloadApis, workloadsIn } from './workloads';

const REGION = 'eu-central';
const { core, config } = observer();

describe('a suspended tenant’s namespace', () => {
  let adapter: Awaited<ReturnType<typeof restrictedAdapter>>;
  let kind: Kubernetes['namespace'];
  const made: ResourceContext<NamespaceSpec>[] = [];
  beforeAll(async () => {
    adapter = await restrictedAdapter();
    kind = adapter.kubernetes.namespace;
  });
  // At the end and together: the cluster waits five seconds before it empties a namespace.
  afterAll(async () => {
    await Promise.all(made.map((context) => kind.remove({ ...context, signal: AbortSignal.timeout(60_000) })));
    adapter.close();
  });

  const create = async (): Promise<ResourceContext<NamespaceSpec>> => {
    const context = resourceContext(kind, REGION, SPEC);
    made.push(context);
    await kind.create(context);
    return context;
  };
  const without = (context: ResourceContext<NamespaceSpec>): ResourceContext<undefined> => ({
    ...context,
    spec: undefined,
  });
  const give = (context: ResourceContext<NamespaceSpec>, access: Access): Promise<void> =>
    kind.update!(without(context), { access });
  const accessOf = (context: ResourceContext<NamespaceSpec>): Promise<Access> => kind.access!(without(context));
  /** Once the cluster's caches follow. */
  const becomes = async (context: ResourceContext<NamespaceSpec>, access: Access): Promise<void> => {
    await accessBecomes(adapter.kubernetes, without(context), access);
  };
  const podNames = async (namespace: string): Promise<string[]> =>
    (await core.listNamespacedPod({ namespace })).items.map(({ metadata }) => metadata?.name ?? '').sort();
  const hasPods = async (namespace: string, count: number): Promise<void> =>
    eventually(`${namespace} to have ${count} pods`, async () => (await podNames(namespace)).length === count);
  const asTenant = async (namespace: string): Promise<KubeConfig> => {
    const answer = await core.createNamespacedServiceAccountToken({
      name: 'tenant',
      namespace,
      body: { spec: { audiences: [], expirationSeconds: 600 } },
    });
    const tenant = new KubeConfig();
    const user = { name: 'tenant', token: answer.status!.token };
    tenant.loadFromClusterAndUser(config.getCurrentCluster()!, user);
    return tenant;
  };

  test('runs nothing while it is closed, cannot start anything, and has its exact numbers back when it is opened', async () => {
    const [context, neighbour] = await Promise.all([create(), create()]);
    const namespace = context.name;
    const tenant = await asTenant(namespace);
    const own = tenant.makeApiClient(CoreV1Api);
    await Promise.all([
      startEverything(config, core, namespace),
      core.createNamespacedPod({ namespace: neighbour.name, body: pod('alone') }),
    ]);
    await hasPods(namespace, 7);
    const before = await workloadsIn(config, namespace);

    await give(context, 'closed');
    expect(await podNames(namespace)).toEqual([]);
    expect(await workloadsIn(config, namespace)).toMatchObject({
      deployments: { web: 0, idle: 0 },
      statefulSets: { cache: 0 },
      jobs: { import: true, later: true },
      cronJobs: { nightly: true, paused: true },
    });
    await becomes(context, 'closed');
    await expect(own.listNamespacedPod({ namespace })).rejects.toMatchObject({ code: 403 });
    await expect(own.createNamespacedPod({ namespace, body: pod('new') })).rejects.toMatchObject({ code: 403 });
    const scale = { name: 'web', namespace, body: { spec: { replicas: 1 } } };
    await expect(workloadApis(tenant).apps.patchNamespacedDeployment(scale)).rejects.toMatchObject({ code: 403 });
    // Not even the cluster's administrator, and so no controller, gets a pod in.
    await expect(core.createNamespacedPod({ namespace, body: pod('new') })).rejects.toMatchObject({
      code: 403,
      body: expect.stringContaining('exceeded quota: closed') as string,
    });
    expect(await podNames(neighbour.name)).toEqual(['alone']);
    expect(await accessOf(neighbour)).toBe('open');

    await give(context, 'open');
    expect(await workloadsIn(config, namespace)).toEqual(before);
    // A pod on its own has nothing that would start it again.
    await hasPods(namespace, 6);
    const { status } = await workloadApis(config).batch.readNamespacedJob({ name: 'import', namespace });
    expect(status?.failed ?? 0).toBe(0);
    await becomes(context, 'open');
    await own.createNamespacedPod({ namespace, body: pod('alone') });
  });

  test('goes on running while it is read-only, and its tenant can look but change nothing', async () => {
    const context = await create();
    const namespace = context.name;
    const own = (await asTenant(namespace)).makeApiClient(CoreV1Api);
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'kept' }, stringData: { a: 'b' } } });
    await startEverything(config, core, namespace);
    await hasPods(namespace, 7);
    const [before, pods] = [await workloadsIn(config, namespace), await podNames(namespace)];
    await give(context, 'read-only');
    await becomes(context, 'read-only');
    expect(await podNames(namespace)).toEqual(pods);
    expect(await workloadsIn(config, namespace)).toEqual(before);
    expect((await own.readNamespacedSecret({ name: 'kept', namespace })).metadata?.name).toBe('kept');
    await expect(own.deleteNamespacedPod({ name: 'alone', namespace })).rejects.toMatchObject({ code: 403 });
    await expect(own.createNamespacedPod({ namespace, body: pod('new') })).rejects.toMatchObject({ code: 403 });

    await give(context, 'closed');
    expect(await podNames(namespace)).toEqual([]);
    await give(context, 'read-only');
    expect(await workloadsIn(config, namespace)).toEqual(before);
    await hasPods(namespace, 6);
  });

  test('keeps its limits through every access', async () => {
    const context = await create();
    const limits = async () =>
      (await core.readNamespacedResourceQuota({ name: 'tenant', namespace: context.name })).spec?.hard;
    const before = await limits();
    for (const access of ['closed', 'read-only', 'open'] as const) {
      await give(context, access);
      await kind.create(context);
      expect(await limits()).toEqual(before);
    }
  });

  test('that was interrupted while it was being closed or opened is completed by a repetition', async () => {
    const context = await create();
    const namespace = context.name;
    await startEverything(config, core, namespace);
    await hasPods(namespace, 7);
    const before = await workloadsIn(config, namespace);
    const { signal, abort } = abortable();
    const interrupted = await restrictedAdapter({ onProgress: abort });
    const closing = interrupted.kubernetes.namespace.update!({ ...without(context), signal }, { access: 'closed' });
    await expect(closing).rejects.toThrow();
    interrupted.close();
    expect((await workloadsIn(config, namespace)).deployments).toEqual({ web: 0, idle: 0 });
    await give(context, 'closed');
    expect(await podNames(namespace)).toEqual([]);

    // As a crash leaves it after the first workload was started.
    await workloadApis(config).apps.patchNamespacedDeployment(
      {
        name: 'web',
        namespace,
        body: { metadata: { annotations: { 'tenant-provisioner/stopped': null } }, spec: { replicas: 2 } },
      },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    await give(context, 'open');
    await give(context, 'open');
    expect(await workloadsIn(config, namespace)).toEqual(before);
  });

  test('ends a pod that pretends to belong to a job', async () => {
    const context = await create();
    const namespace = context.name;
    await core.createNamespacedPod({ namespace, body: pod('forged', { 'job-name': 'none' }) });
    await give(context, 'closed');
    expect(await podNames(namespace)).toEqual([]);
  });

  test('whose tenant has rights from elsewhere is not taken for closed', async () => {
    const context = await create();
    const namespace = context.name;
    await give(context, 'closed');
    await becomes(context, 'closed');
    const rbac = config.makeApiClient(RbacAuthorizationV1Api);
    await rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'by-hand' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'tenant', namespace }],
      },
    });
    await eventually('the rights given by hand to be noticed', async () => {
      const error: unknown = await accessOf(context).catch((caught: unknown) => caught);
      return error instanceof Error && error.message.includes('it is closed, but the tenant may read and may write');
    });
  });

  test('that is gone, or not the tenant’s, is not changed', async () => {
    const context = resourceContext(kind, REGION, SPEC);
    await expect(give(context, 'closed')).rejects.toMatchObject({ type: 'StateConflict' });
  });
});

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
