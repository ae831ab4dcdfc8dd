import { CustomObjectsApi, NetworkingV1Api, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { PROBE_TENANT_ID } from '../../contract/ids';
import { namespaceOf, type NamespaceSpec } from '../../providers/kubernetes/manifests';
import type { Kubernetes } from '../../providers/kubernetes/kubernetes';
import type { ResourceContext } from '../../providers/port/kind';
import { describeKind, resourceContext } from '../providers/kind-suite';
import { accessBecomes, eventually, isThere, observer, restrictedAdapter, SPEC } from './cluster';

const REGION = 'eu-central';
const { core, config } = observer();
const opened: { close(): void }[] = [];

async function open(options: Parameters<typeof restrictedAdapter>[0] = {}): Promise<Kubernetes> {
  const adapter = await restrictedAdapter(options);
  opened.push(adapter);
  return adapter.kubernetes;
}

afterAll(() => {
  for (const adapter of opened) adapter.close();
});

const isGone = async (name: string) => !(await isThere(core.readNamespace({ name })));

describeKind('kubernetes-namespace on Kubernetes, with the rights of cluster-role.yaml', async () => {
  const kubernetes = await open();
  return {
    kind: kubernetes.namespace,
    region: REGION,
    spec: () => SPEC,
    exists: ({ name }) => isThere(core.readNamespace({ name })),
    look: (context, expected) => accessBecomes(kubernetes, context, expected),
    makePartial: async (context) => {
      await core.createNamespace({ body: namespaceOf(context, SPEC) });
    },
    makeForeign: async ({ name }) => {
      await core.createNamespace({ body: { metadata: { name } } });
      return async () => {
        await core.deleteNamespace({ name });
        await eventually(`${name} to be gone`, () => isGone(name));
      };
    },
  };
});

describe('a namespace on Kubernetes', () => {
  let kubernetes: Kubernetes;
  const made: ResourceContext<NamespaceSpec>[] = [];

  beforeAll(async () => {
    kubernetes = await open();
  });
  // At the end and together: the cluster waits five seconds before it empties a namespace.
  afterAll(async () => {
    await Promise.all(made.map((context) => kubernetes.namespace.remove(context)));
  });

  const newContext = (region = REGION) => {
    const context = resourceContext(kubernetes.namespace, region, SPEC);
    made.push(context);
    return context;
  };
  const create = async () => {
    const context = newContext();
    return { context, created: await kubernetes.namespace.create(context) };
  };

  test('is made with its Pod Security level, a quota that already counts, limits, policies and an account with a role', async () => {
    const { context, created } = await create();
    const namespace = context.name;
    expect(created.facts).toMatchObject({ cluster: 'cluster', namespace, networkPolicy: 'applied', ...SPEC });

    const { metadata } = await core.readNamespace({ name: namespace });
    expect(metadata?.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'tenant-provisioner',
      'tenant-provisioner/tenant-id': context.tenantId,
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/enforce-version': 'latest',
    });
    const quota = await core.readNamespacedResourceQuota({ name: 'tenant', namespace });
    expect(quota.status?.hard).toEqual(quota.spec?.hard);
    expect(quota.status?.used).toMatchObject({ pods: '0', 'limits.cpu': '0' });
    const limits = await core.readNamespacedLimitRange({ name: 'tenant', namespace });
    expect(limits.spec?.limits[0]?._default).toEqual({ cpu: '200m', memory: '204Mi' });
    const policies = await config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace });
    expect(policies.items.map((policy) => policy.metadata?.name).sort()).toEqual(['allow-dns', 'default-deny']);
    const bindings = await config.makeApiClient(RbacAuthorizationV1Api).listNamespacedRoleBinding({ namespace });
    expect(bindings.items.map(({ roleRef, subjects }) => [roleRef.name, subjects?.[0]?.name])).toEqual([
      ['tenant', 'tenant'],
    ]);
  });

  test.each([
    ['resourcequotas', 'tenant', 'v1', ''],
    ['limitranges', 'tenant', 'v1', ''],
    ['serviceaccounts', 'tenant', 'v1', ''],
    ['networkpolicies', 'default-deny', 'v1', 'networking.k8s.io'],
    ['networkpolicies', 'allow-dns', 'v1', 'networking.k8s.io'],
    ['roles', 'tenant', 'v1', 'rbac.authorization.k8s.io'],
    ['rolebindings', 'tenant', 'v1', 'rbac.authorization.k8s.io'],
  ])('whose %s/%s is missing is not taken for whole, and create puts it back', async (plural, name, version, group) => {
    const { context } = await create();
    const object = { namespace: context.name, name };
    if (group === '') await deleteCore(plural, object);
    else
      await config.makeApiClient(CustomObjectsApi).deleteNamespacedCustomObject({ group, version, plural, ...object });
    expect((await kubernetes.namespace.find(context)).state).toBe('partial');
    await kubernetes.namespace.create(context);
    expect((await kubernetes.namespace.find(context)).state).toBe('present');
  });

  test('is found without a spec, as compensation looks for it', async () => {
    const { context } = await create();
    expect((await kubernetes.namespace.find({ ...context, spec: undefined })).state).toBe('present');
  });

  test('is listed in its own region only, also when regions share a cluster', async () => {
    const { context } = await create();
    const namesIn = async (region: string) => {
      const names: string[] = [];
      for await (const { name } of kubernetes.namespace.list(region, context.signal)) names.push(name);
      return names;
    };
    expect(await namesIn('eu-central')).toContain(context.name);
    expect(await namesIn('us-east')).not.toContain(context.name);
    expect(await namesIn('nowhere')).toEqual([]);
  });

  test('is not gone while something in it has a finalizer; the message says what is in the way', async () => {
    const { context } = await create();
    const impatient = await open({ waitMs: 1_500 });
    const object = { name: 'stuck', namespace: context.name };
    await core.createNamespacedConfigMap({
      namespace: context.name,
      body: { metadata: { name: 'stuck', finalizers: ['example.com/hold'] } },
    });
    try {
      await core.deleteNamespace({ name: context.name });
      await eventually('the finalizer to be noticed', async () => {
        const { status } = await core.readNamespace({ name: context.name });
        return (
          status?.conditions?.some((c) => c.type === 'NamespaceFinalizersRemaining' && c.status === 'True') === true
        );
      });
      await expect(impatient.namespace.remove(context)).rejects.toMatchObject({
        type: 'ProviderUnavailable',
        message: expect.stringContaining('NamespaceFinalizersRemaining') as string,
      });
      expect((await kubernetes.namespace.find(context)).state).toBe('partial');
      await expect(kubernetes.namespace.create(context)).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    } finally {
      await core.patchNamespacedConfigMap({ ...object, body: [{ op: 'remove', path: '/metadata/finalizers' }] });
    }
    await kubernetes.namespace.remove(context);
    expect(await isGone(context.name)).toBe(true);
  });

  test('that is being waited for is left when the activity is cancelled, and the wait tells that it goes on', async () => {
    const { context } = await create();
    const cancel = new AbortController();
    const told: string[] = [];
    const attentive = await open({
      onProgress: (what) => {
        if (told.push(what) === 2) cancel.abort();
      },
    });
    const removal = attentive.namespace.remove({ ...context, signal: cancel.signal });
    await expect(removal).rejects.toMatchObject({ name: 'AbortError' });
    expect(told[0]).toContain(context.name);
  });

  test('is not looked for in another cluster than the one it was reserved in', async () => {
    const context = { ...newContext(), cell: 'cluster-of-last-year' };
    expect(() => kubernetes.namespace.remove(context)).toThrow('cluster-of-last-year');
  });

  test('of the probe tenant is made once by several workers and never listed', async () => {
    const others = await Promise.all([open(), open()]);
    await Promise.all([kubernetes, ...others].map((worker) => worker.prepare()));
    const name = kubernetes.namespace.name(PROBE_TENANT_ID);
    const { metadata } = await core.readNamespace({ name });
    expect(metadata?.deletionTimestamp).toBeUndefined();
    for await (const listed of kubernetes.namespace.list(
      metadata!.labels!['tenant-provisioner/region']!,
      AbortSignal.timeout(5_000),
    ))
      expect(listed.name).not.toBe(name);
  });
});

async function deleteCore(plural: string, object: { name: string; namespace: string }): Promise<void> {
  if (plural === 'resourcequotas') await core.deleteNamespacedResourceQuota(object);
  else if (plural === 'limitranges') await core.deleteNamespacedLimitRange(object);
  else await core.deleteNamespacedServiceAccount(object);
}
