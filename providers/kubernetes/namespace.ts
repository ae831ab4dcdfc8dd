import type { V1Namespace, V1NamespaceCondition, V1ResourceQuota } from '@kubernetes/client-node';
import { dashName, tenantIdOf } from '../../contract/ids';
import { failure } from '../port/failures';
import type { Created, Found, Listed, ResourceContext, ResourceKind } from '../port/kind';
import { isStatus } from './answers';
import { givenAccess, setNamespaceAccess, tryNamespaceAccess } from './access';
import type { Client, Cluster, Manifest } from './cluster';
import {
  accountOf,
  bindingOf,
  isInEffect,
  limitsOf,
  namespaceOf,
  networkPoliciesOf,
  quotaOf,
  roleOf,
  TENANT_OBJECT,
  type NamespaceSpec,
} from './manifests';
import { isOurs, selectorOf, TENANT_LABEL } from './marks';
import { waitFor } from '../port/wait-for';
import { gaveUp, waiting, type NamespaceWaits } from './wait';

type Context = ResourceContext<NamespaceSpec | undefined>;

/**
 * A tenant's own namespace and everything that confines it, as one resource. The namespace is made first and the role binding last, so the
 * tenant cannot use it before it is confined. Deleting the namespace removes everything.
 * {@link setNamespaceAccess} says what each access means here.
 */
export function namespaceKind(
  clusterOf: (region: string, cell?: string) => Cluster,
  hasCluster: (region: string) => boolean,
  options: NamespaceWaits,
): ResourceKind<NamespaceSpec> {
  const clientOf = ({ region, cell, signal }: Context): Client => clusterOf(region, cell).client(signal);
  return {
    kind: 'kubernetes-namespace',
    provider: 'kubernetes',
    name: dashName,
    find: (context) => find(clientOf(context), context, clusterOf(context.region).name),
    create: (context) => create(clientOf(context), context, clusterOf(context.region).name, options),
    async update(context, { access }): Promise<void> {
      const client = clientOf(context);
      await requireOurs(client, context);
      await setNamespaceAccess(client, context, access, options);
    },
    access: (context) => tryNamespaceAccess(clusterOf(context.region, context.cell), context),
    remove: (context) => remove(clientOf(context), context, options),
    async *list(region, signal) {
      if (hasCluster(region)) yield* list(clusterOf(region), region, signal);
    },
  };
}

async function find(client: Client, context: Context, cluster: string): Promise<Found> {
  const { name, tenantId, spec } = context;
  const namespace = await readNamespace(client, name);
  if (!namespace) return { state: 'absent' };
  if (!isOurs(namespace, tenantId)) return { state: 'foreign' };
  if (isTerminating(namespace)) return { state: 'partial', id: name };
  // Without a spec only existence matters.
  if (spec === undefined) return { state: 'present', id: name };
  const [quota, ...others] = await Promise.all([
    readQuota(client, context),
    ...contentsOf(context).map((object) => client.read(object)),
  ]);
  const whole =
    quota !== undefined && isInEffect(quota) && others.every((object) => object && isOurs(object, tenantId));
  if (!whole) return { state: 'partial', id: name };
  return { state: 'present', id: name, facts: factsOf(name, spec, cluster, namespace) };
}

async function create(
  client: Client,
  context: ResourceContext<NamespaceSpec>,
  cluster: string,
  options: NamespaceWaits,
): Promise<Created> {
  const { name, spec } = context;
  const namespace = await ensureNamespace(client, context);
  const fences = [quotaOf(context, spec), limitsOf(context, spec), ...networkPoliciesOf(context), accountOf(context)];
  await Promise.all(fences.map((object) => client.apply(object)));
  // A quota admits everything until its controller has counted for the first time.
  const counting = await waitFor(
    async () => {
      const quota = await readQuota(client, context);
      return quota && isInEffect(quota) ? quota : undefined;
    },
    waiting(context, options, 'its quota to take effect', 50),
  );
  if (!counting)
    throw gaveUp(name, 'its quota has no effect. Check that the cluster’s resource quota controller is running.');
  // A namespace that is completed may belong to a suspended tenant.
  await client.apply(roleOf(context, (await givenAccess(client, context)).access));
  await client.apply(bindingOf(context));
  return { id: name, facts: factsOf(name, spec, cluster, namespace) };
}

/** Throws `StateConflict` unless the namespace is there and the tenant's: there is nothing to change then. */
async function requireOurs(client: Client, { name, tenantId }: Context): Promise<void> {
  const namespace = await readNamespace(client, name);
  if (namespace && isOurs(namespace, tenantId) && !isTerminating(namespace)) return;
  throw failure(
    'StateConflict',
    `Namespace ${name} is gone, terminating, or without our labels. It was left alone; find out who changed it and why.`,
  );
}

/** Creates the namespace, or updates an existing one. Throws if it is not ours or still terminating. */
async function ensureNamespace(client: Client, context: ResourceContext<NamespaceSpec>): Promise<V1Namespace> {
  const { name, tenantId, spec } = context;
  const existing = await readNamespace(client, name);
  // Not `apply`: it would adopt a namespace that someone else creates at the same moment. `create` gets a 409, and the next attempt finds
  // it.
  if (!existing) return client.create(namespaceOf(context, spec));
  if (!isOurs(existing, tenantId))
    throw failure(
      'ResourceNotOurs',
      `Namespace ${name} already exists without our labels. Find out whose it is, then remove it there.`,
    );
  // Fail rather than wait: a namespace created long after this check could appear behind a compensation that has already looked.
  if (isTerminating(existing))
    throw failure(
      'ProviderUnavailable',
      `Namespace ${name} is still terminating. It can be created again once it is gone.`,
    );
  return client.apply(namespaceOf(context, spec));
}

async function remove(client: Client, context: Context, options: NamespaceWaits): Promise<void> {
  const { name, tenantId } = context;
  const existing = await readNamespace(client, name);
  if (!existing || !isOurs(existing, tenantId)) return;
  if (!isTerminating(existing)) {
    const uid = existing.metadata?.uid;
    try {
      await client.delete(namespaceRef(name), uid === undefined ? {} : { uid });
    } catch (error) {
      if (isStatus(error, 404)) return;
      throw error;
    }
  }
  await waitUntilGone(client, context, existing, options);
}

// A terminating namespace still takes up its name, and its pods may still be running.
async function waitUntilGone(
  client: Client,
  context: Context,
  ending: V1Namespace,
  options: NamespaceWaits,
): Promise<void> {
  const { name } = context;
  let last: V1Namespace | undefined = ending;
  const gone = await waitFor(
    async () => {
      last = await readNamespace(client, name);
      return last?.metadata?.uid === ending.metadata?.uid ? undefined : true;
    },
    waiting(context, options, 'its removal', 250),
  );
  if (gone) return;
  const obstacles = (last.status?.conditions ?? []).filter(({ status }) => status === 'True').map(sayingWhat);
  const why = obstacles.length === 0 ? 'the cluster gives no reason' : obstacles.join('; ');
  throw gaveUp(name, `it is still terminating (${why}). Check its status and the finalizers of the objects in it.`);
}

function sayingWhat({ type, message }: V1NamespaceCondition): string {
  return message === undefined ? type : `${type}: ${message.replace(/\.$/, '')}`;
}

async function* list(cluster: Cluster, region: string, signal: AbortSignal): AsyncIterable<Listed> {
  for await (const { metadata } of cluster
    .client(signal)
    .list<V1Namespace>({ apiVersion: 'v1', kind: 'Namespace' }, selectorOf(region))) {
    const tenantId = metadata?.labels?.[TENANT_LABEL];
    const name = metadata?.name;
    // Labels alone can be copied. Our namespaces are also named after their tenant.
    if (name !== undefined && tenantId !== undefined && tenantIdOf(name) === tenantId)
      yield { tenantId, name, id: name, cell: cluster.name };
  }
}

function namespaceRef(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function readNamespace(client: Client, name: string): Promise<V1Namespace | undefined> {
  return client.read<V1Namespace>(namespaceRef(name));
}

function readQuota(client: Client, { name }: { name: string }): Promise<V1ResourceQuota | undefined> {
  return client.read<V1ResourceQuota>({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: TENANT_OBJECT, namespace: name },
  });
}

/** References to everything in the namespace except the quota. */
function contentsOf(context: Context): Manifest[] {
  const limits = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: TENANT_OBJECT, namespace: context.name } };
  return [limits, ...networkPoliciesOf(context), accountOf(context), roleOf(context), bindingOf(context)];
}

function factsOf(name: string, spec: NamespaceSpec, cluster: string, made: V1Namespace): Record<string, unknown> {
  const { cpuMillis, memoryMb, pods, podSecurity } = spec;
  return {
    cluster,
    namespace: name,
    uid: made.metadata?.uid,
    serviceAccount: TENANT_OBJECT,
    cpuMillis,
    memoryMb,
    pods,
    podSecurity,
    // Enforcement is up to the cluster's network plug-in, which the API does not reveal.
    networkPolicy: 'applied',
  };
}

function isTerminating(namespace: V1Namespace): boolean {
  return namespace.metadata?.deletionTimestamp !== undefined || namespace.status?.phase === 'Terminating';
}
